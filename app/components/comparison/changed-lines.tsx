import { Link, useSearchParams } from '@remix-run/react'
import type { PromptEdit } from '~/domain/comparison/prompt-edit'
import type { EditsState } from './edit-groups'
import { describePlace, EditLines } from './edit-lines'
import { viewSearch } from './links'
import type { FlipItem } from './types'

/** What was edited between the two prompts, for the reader of one flip: the edits of the rules that this case is about first. */
export function ChangedLines({ flip, state }: { flip: FlipItem; state: EditsState }) {
  const [params] = useSearchParams()
  const { data, problem } = state
  if (problem || data?.edits.length === 0) return null
  const about = rulesOf(flip)
  const touching = data?.edits.filter(({ rules }) => rules.some((rule) => about.has(rule))) ?? []
  const others = data?.edits.filter((edit) => !touching.includes(edit)) ?? []
  return (
    <section aria-label="Changed lines" className="flex flex-col gap-2">
      <h3 className="flex flex-wrap items-baseline gap-x-3 text-xs font-semibold text-ink-muted">
        Changed lines of the prompt
        <Link className="text-link font-normal" to={{ search: viewSearch(params, 'prompts') }} preventScrollReset>
          whole diff
        </Link>
      </h3>
      {!data && <p className="text-sm text-ink-faint">Comparing the two prompts …</p>}
      {touching.map((edit) => (
        <Edit key={edit.line} edit={edit} about={about} />
      ))}
      {others.length > 0 && (
        <details open={touching.length === 0 && others.length <= 3}>
          <summary className="cursor-pointer text-sm text-ink-muted">
            {touching.length === 0
              ? `No edit touches a rule of this case; ${others.length === 1 ? 'the one edit' : `the ${others.length} edits`}`
              : `${others.length} ${others.length === 1 ? 'edit' : 'edits'} elsewhere`}
          </summary>
          <div className="mt-2 flex flex-col gap-2">
            {others.map((edit) => (
              <Edit key={edit.line} edit={edit} about={about} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

function Edit({ edit, about }: { edit: PromptEdit; about: ReadonlySet<string> }) {
  const shared = edit.rules.filter((rule) => about.has(rule))
  return (
    <div>
      <p className="mb-1 text-xs text-ink-faint">
        {describePlace(edit)}
        {shared.length > 0 && <strong className="text-gold-ink"> · this case is about {shared.join(', ')}</strong>}
      </p>
      <EditLines edit={edit} />
    </div>
  )
}

/** The rules that people labelled on the case, and those that either side named. */
function rulesOf({ expected, baseline, candidate }: FlipItem): Set<string> {
  return new Set([...Object.keys(expected?.rules ?? {}), ...(baseline?.rules ?? []), ...(candidate?.rules ?? [])])
}
