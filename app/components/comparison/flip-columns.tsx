import { ShieldAlert, Waves } from 'lucide-react'
import { ContentLine } from '~/components/case/content-line'
import { QuotedSign } from '~/components/case/quoted-sign'
import { FlipBadge, outcomeWords } from '~/components/ui/badge'
import type { VirtualColumn } from '~/components/ui/virtual-table'
import type { ComparedAnswer } from '~/domain/comparison/comparison'
import type { FlipItem } from './types'

export const flipRowHeightPx = 62

/** One column of two lines: what became of the case and who said what; the content, blurred until asked for. */
export function flipColumns(isShown: (id: string) => boolean): Array<VirtualColumn<FlipItem>> {
  return [
    {
      key: 'flip',
      cell: (row) => (
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex min-w-0 items-center gap-2">
            <FlipBadge kind={row.flip} />
            <span className="min-w-0 truncate text-xs text-ink-muted">{describeAnswers(row)}</span>
            <span className="ml-auto flex shrink-0 items-center gap-1">
              {row.noise && (
                <span title="This case also flips when the same version is replayed again">
                  <Waves aria-hidden className="size-4 text-ink-faint" />
                  <span className="sr-only">noise</span>
                </span>
              )}
              {row.leaked && row.flip !== 'leaked' && <QuotedSign />}
              {row.mustPass && (
                <span title="must pass">
                  <ShieldAlert aria-hidden className="size-4 text-gold-ink" />
                  <span className="sr-only">must pass</span>
                </span>
              )}
            </span>
          </div>
          <ContentLine text={row.content} shown={isShown(row.id)} />
        </div>
      ),
    },
  ]
}

/** "allowed → violates (expected allowed)". */
export function describeAnswers({ expected, baseline, candidate }: Pick<FlipItem, 'expected' | 'baseline' | 'candidate'>): string {
  const said = (answer: ComparedAnswer | null) => (answer === null ? 'not asked' : (answer.label ?? outcomeWords[answer.outcome]))
  return `${said(baseline)} → ${said(candidate)} · expected ${expected?.label ?? 'nothing'}`
}
