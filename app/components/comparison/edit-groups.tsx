import { classNames } from '~/components/ui/class-names'
import { FilterToggle } from '~/components/ui/filters'
import { formatCount } from '~/components/ui/format'
import { flipLook } from '~/components/ui/badge'
import { ErrorNotice } from '~/components/ui/notices'
import type { useJson } from '~/components/ui/use-json'
import type { PromptEdit, PromptEdits } from '~/domain/comparison/prompt-edit'
import { EditLines } from './edit-lines'
import type { FlipFilter } from './flip-filter-url'

export type EditsState = ReturnType<typeof useJson<PromptEdits>>

/** The same height before and after the edits are there. */
const frame = 'h-[22rem] rounded-lg border bg-sunken'

type Change = (filter: FlipFilter) => void

/** The flips by what was edited: each edit with the rules that stand there, and what became of the cases that are labelled with them. */
export function EditGroups({ state, filter, onChange }: { state: EditsState; filter: FlipFilter; onChange: Change }) {
  const { data, problem, reload } = state
  if (problem) return <ErrorNotice title={problem.message} advice={problem.advice} onRetry={reload} />
  if (!data) return <p className={classNames(frame, 'p-3 text-sm text-ink-muted')}>Comparing the two prompts …</p>
  if (data.edits.length === 0)
    return (
      <p className="rounded-lg border bg-surface p-3 text-sm text-ink-muted">
        Both sides replayed the same text: what flipped here was not an edit’s doing.
      </p>
    )
  const rest = data.edits.flatMap(({ rules }) => rules)
  return (
    <section
      aria-label="Flips by edit"
      tabIndex={0}
      className={classNames(frame, 'flex flex-col gap-2 overflow-y-auto p-2 outline-offset-[-2px]')}
    >
      <ol className="grid grid-cols-[repeat(auto-fill,minmax(min(26rem,100%),1fr))] gap-2">
        {worstFirst(data.edits).map((edit) => (
          <li key={`${edit.line}-${edit.baselineLine}`} className="flex min-w-0 flex-col gap-1.5 rounded-lg border bg-surface p-2">
            <EditHead edit={edit} filter={filter} onChange={onChange} />
            <EditLines edit={edit} />
          </li>
        ))}
      </ol>
      <p className="flex flex-wrap items-center gap-1.5 text-sm text-ink-muted">
        {rest.length === 0 ? 'No rule stands where the prompt was edited.' : 'Cases of none of the edited rules:'}
        {rest.length > 0 && <Counts flips={data.rest} chosen={{ noRule: [...new Set(rest)] }} filter={filter} onChange={onChange} />}
        {data.editsLeftOut > 0 && <span>{formatCount(data.editsLeftOut)} more edits stand in the prompt diff.</span>}
      </p>
    </section>
  )
}

function EditHead({ edit, filter, onChange }: { edit: PromptEdit; filter: FlipFilter; onChange: Change }) {
  const { rules, line, flips } = edit
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-sm">
      <span className="text-ink-muted">Line {line}</span>
      {rules.map((rule) => (
        <FilterToggle
          key={rule}
          small
          pressed={filter.rule === rule}
          onChange={(pressed) => onChange({ ...filter, anyRule: undefined, noRule: undefined, rule: pressed ? rule : undefined })}
        >
          {rule}
        </FilterToggle>
      ))}
      {flips ? (
        <Counts flips={flips} chosen={{ anyRule: rules }} filter={filter} onChange={onChange} />
      ) : (
        <span className="text-ink-faint">no rule stands here</span>
      )}
    </div>
  )
}

/** The flips of one group; each count shows its cases. */
function Counts({
  flips,
  chosen,
  filter,
  onChange,
}: {
  flips: { regressed: number; fixed: number }
  chosen: Pick<FlipFilter, 'anyRule' | 'noRule'>
  filter: FlipFilter
  onChange: Change
}) {
  const isChosen = same(filter.anyRule, chosen.anyRule) && same(filter.noRule, chosen.noRule)
  return (
    <span className="ml-auto flex gap-1.5">
      {(['regressed', 'fixed'] as const).map((kind) => {
        const look = flipLook[kind]
        const pressed = isChosen && filter.flip?.length === 1 && filter.flip[0] === kind
        return (
          <FilterToggle
            key={kind}
            small
            pressed={pressed}
            onChange={(now) =>
              onChange({
                ...filter,
                rule: undefined,
                anyRule: undefined,
                noRule: undefined,
                ...(now ? { ...chosen, flip: [kind] } : { flip: ['regressed', 'fixed'] }),
              })
            }
          >
            <span aria-hidden className={look.ink}>
              {look.glyph}
            </span>
            {formatCount(flips[kind])} {look.word}
          </FilterToggle>
        )
      })}
    </span>
  )
}

/** What broke most first; edits that stand in no rule last. */
function worstFirst(edits: readonly PromptEdit[]): PromptEdit[] {
  const place = ({ flips }: PromptEdit) => (flips ? flips.regressed * 1e6 + flips.fixed : -1)
  return edits.toSorted((a, b) => place(b) - place(a))
}

const same = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  JSON.stringify(a ?? []) === JSON.stringify(b ?? [])
