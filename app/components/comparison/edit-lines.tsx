import { classNames } from '~/components/ui/class-names'
import { makeTextVisible } from '~/domain/visible-text'
import type { EditLine, PromptEdit } from '~/domain/comparison/prompt-edit'

const looks: Record<EditLine['kind'], { sign: string; name: string; line: string; word: string }> = {
  same: { sign: ' ', name: '', line: 'text-ink-faint', word: '' },
  removed: { sign: '−', name: 'removed: ', line: 'bg-sunken text-ink-muted', word: 'bg-hover line-through decoration-1' },
  added: {
    sign: '+',
    name: 'added: ',
    line: 'bg-gold-soft',
    word: 'font-semibold underline decoration-gold decoration-2 underline-offset-2',
  },
}

/** The lines of one edit: what was removed, what was added, and in them the words that differ. */
export function EditLines({ edit, className }: { edit: PromptEdit; className?: string }) {
  return (
    <div className={classNames('overflow-hidden rounded-md border bg-surface py-1 font-mono text-xs', className)} dir="auto">
      {edit.lines.map((line, index) => {
        const look = looks[line.kind]
        return (
          <div key={index} className={classNames('flex gap-2 px-2 py-0.5', look.line)}>
            <span aria-hidden className="w-2 shrink-0 select-none">
              {look.sign}
            </span>
            {look.name && <span className="sr-only">{look.name}</span>}
            <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
              {line.parts.length === 0 && '\u00a0'}
              {line.parts.map((part, place) =>
                part.changed ? (
                  <mark key={place} className={classNames('rounded-xs bg-transparent text-inherit', look.word)}>
                    {makeTextVisible(part.text)}
                  </mark>
                ) : (
                  <span key={place}>{makeTextVisible(part.text)}</span>
                ),
              )}
            </span>
          </div>
        )
      })}
      {edit.linesLeftOut > 0 && <div className="px-2 py-0.5 text-ink-faint">… {edit.linesLeftOut} more lines</div>}
    </div>
  )
}

/** Where an edit stands: "line 12, H1 and H2". */
export function describePlace({ line, rules }: Pick<PromptEdit, 'line' | 'rules'>): string {
  return `line ${line}${rules.length === 0 ? ', no rule' : `, ${rules.join(', ')}`}`
}
