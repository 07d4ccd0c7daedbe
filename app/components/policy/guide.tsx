import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../ui/button'
import { classNames } from '../ui/class-names'
import { Kbd, useModifierName } from '../ui/kbd'
import type { Outline } from './outline-panel'

/** The first run, in three steps that tick themselves: change a sentence, replay, read. Takes one strip; closing it is remembered. */
export function Guide({
  outline,
  changed,
  replayed,
  onGoToLine,
  onClose,
}: {
  outline: Outline
  changed: boolean
  replayed: boolean
  onGoToLine: (line: number) => void
  onClose: () => void
}) {
  const modifier = useModifierName()
  const target = suggestLine(outline)
  return (
    <section
      aria-label="First run"
      className="mb-3 flex items-start gap-x-4 rounded-lg border border-gold bg-gold-soft py-1.5 pr-1.5 pl-3 text-sm"
    >
      <ol className="grid grow grid-cols-1 gap-x-4 gap-y-1 md:grid-cols-3">
        <Step number={1} done={changed} title="Change a sentence">
          {target ? (
            <>
              Try {target.what}: delete one, or add a sign.{' '}
              <button type="button" className="text-link rounded-sm font-medium text-ink" onClick={() => onGoToLine(target.line)}>
                Go to line {target.line}
              </button>
            </>
          ) : (
            'Any sentence of any rule.'
          )}
        </Step>
        <Step number={2} done={changed && replayed} title="Replay it">
          Press <Kbd>{modifier}</Kbd> <Kbd>Enter</Kbd>. Every case is judged again by your new text.
        </Step>
        <Step number={3} done={false} title="See what it did">
          The worst flips come first. The sentence above them says whether the difference is real or noise, and leads to the whole
          comparison.
        </Step>
      </ol>
      <IconButton label="Close the guide" icon={X} onClick={onClose} />
    </section>
  )
}

function Step({ number, done, title, children }: { number: number; done: boolean; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-2">
      <span
        className={classNames(
          'mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full text-xs font-semibold',
          done ? 'bg-gold text-[#17140b]' : 'border border-gold-ink text-gold-ink',
        )}
      >
        {done ? <Check aria-hidden className="size-3.5" /> : number}
        {done && <span className="sr-only">done</span>}
      </span>
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        <div className="text-ink-muted">{children}</div>
      </div>
    </li>
  )
}

/** Exceptions are where a sentence does most: the first rule that has some. */
function suggestLine({ rules }: Outline): { line: number; what: string } | null {
  const rule = rules.find((candidate) => candidate.exceptions.length > 0)
  const exception = rule?.exceptions[0]
  if (rule && exception) return { line: exception.line, what: `the exceptions of ${rule.id}` }
  const first = rules[0]
  return first ? { line: first.line, what: `the rule ${first.id}` } : null
}
