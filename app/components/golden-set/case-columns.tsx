import { MessagesSquare, ShieldAlert, StickyNote } from 'lucide-react'
import { ContentLine } from '~/components/case/content-line'
import { QuotedSign } from '~/components/case/quoted-sign'
import { LabelName } from '~/components/case/verdict-view'
import { Badge } from '~/components/ui/badge'
import { InertText } from '~/components/ui/hidden-content'
import type { VirtualColumn } from '~/components/ui/virtual-table'
import type { CaseRow } from '~/domain/golden-set/case-records'

export const caseGrid =
  'grid-cols-[minmax(6rem,10rem)_minmax(14rem,1fr)_7.5rem_minmax(6rem,11rem)_minmax(7rem,14rem)] max-lg:grid-cols-[6.5rem_minmax(10rem,1fr)_7rem_8rem]'
export const caseRowHeightPx = 40

/** The columns of a golden set. `isShown` tells which rows' content the reader asked for. */
export function caseColumns(isShown: (id: string) => boolean): Array<VirtualColumn<CaseRow>> {
  return [
    {
      key: 'id',
      header: 'Case',
      cell: (row) => <InertText text={row.id} className="truncate! whitespace-nowrap! font-mono text-xs" />,
    },
    {
      key: 'content',
      header: 'Content',
      cell: (row) => (
        <div className="flex min-w-0 items-center gap-2">
          <ContentLine text={row.content} shown={isShown(row.id)} className="grow" />
          {row.hasContext && <Sign icon={MessagesSquare} text="has context" />}
          {row.note && <Sign icon={StickyNote} text="has a note" />}
          {row.quotedIn && <QuotedSign versions={row.quotedIn} />}
          {row.mustPass && <Sign icon={ShieldAlert} text="must pass" strong />}
        </div>
      ),
    },
    {
      key: 'label',
      header: 'Expected',
      cell: (row) => (row.label === null ? <span className="text-ink-faint">unlabelled</span> : <LabelName label={row.label} />),
    },
    { key: 'rules', header: 'Rules', cell: (row) => <RuleList rules={row.rules} /> },
    {
      key: 'tags',
      header: 'Tags',
      className: 'max-lg:hidden',
      cell: (row) => (
        <span dir="auto" className="block truncate text-ink-muted">
          {row.tags.join(', ')}
        </span>
      ),
    },
  ]
}

function RuleList({ rules }: { rules: Record<string, boolean> }) {
  const applying = Object.keys(rules).filter((id) => rules[id])
  const others = Object.keys(rules).length - applying.length
  return (
    <span className="flex min-w-0 items-center gap-1 overflow-hidden">
      {applying.map((id) => (
        <Badge key={id}>{id}</Badge>
      ))}
      {others > 0 && (
        <span className="text-xs whitespace-nowrap text-ink-faint">
          {applying.length > 0 ? `+${others} not` : others === 1 ? '1 does not apply' : `${others} do not apply`}
        </span>
      )}
    </span>
  )
}

function Sign({ icon: Icon, text, strong }: { icon: typeof StickyNote; text: string; strong?: boolean }) {
  return (
    <span title={text} className="shrink-0">
      <Icon aria-hidden className={strong ? 'size-4 text-gold-ink' : 'size-4 text-ink-faint'} />
      <span className="sr-only">{text}</span>
    </span>
  )
}
