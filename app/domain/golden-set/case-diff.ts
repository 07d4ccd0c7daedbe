import type { GoldenCase } from './golden-case'

/** What became of a case between two revisions. `relabelled`: its expected verdict changed, whatever else did. */
export const caseChangeKinds = ['added', 'changed', 'relabelled', 'removed'] as const
export type CaseChangeKind = (typeof caseChangeKinds)[number]

/** A case that differs between two revisions; null: it is not there. */
export type CaseChange = { caseId: string; kind: CaseChangeKind; before: GoldenCase | null; after: GoldenCase | null }

export type RevisionDiff = {
  from: number
  to: number
  counts: Record<CaseChangeKind, number>
  /** Rows of the kinds asked for; those of the sealed holdout are counted above and not listed. */
  total: number
  rows: CaseChange[]
}

/** One field before and after; null: it has no value there. `text`: other people's words, to be read as a text diff. */
export type FieldChange = { field: string; before: string | null; after: string | null; text: boolean }

/** Every field of a case that differs, in the order in which people read a case. A case that is not there has no values. */
export function diffCase(before: GoldenCase | null, after: GoldenCase | null): FieldChange[] {
  const [old, next] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...old.keys(), ...next.keys()])]
  return names.flatMap((field): FieldChange[] => {
    const [was, is] = [old.get(field)?.value ?? null, next.get(field)?.value ?? null]
    return was === is ? [] : [{ field, before: was, after: is, text: (next.get(field) ?? old.get(field))?.text ?? false }]
  })
}

type Field = { value: string; text: boolean }

function fieldsOf(golden: GoldenCase | null): Map<string, Field> {
  const fields = new Map<string, Field>()
  if (!golden) return fields
  const add = (name: string, value: string | null | undefined, text = false) => {
    if (value !== null && value !== undefined && value !== '') fields.set(name, { value, text })
  }
  const { expected, context } = golden
  add('content', golden.content, true)
  for (const [index, parent] of context.parents.entries()) add(`parent ${index + 1}`, parent, true)
  add('author', context.author, true)
  add('surface', context.surface)
  add('locale', context.locale)
  add('label', expected?.label)
  for (const [rule, applies] of Object.entries(expected?.rules ?? {})) add(`rule ${rule}`, applies ? 'applies' : 'does not apply')
  add('severity', expected?.severity)
  add('note', golden.note, true)
  add('tags', [...golden.tags].sort().join(', '))
  add('must pass', golden.mustPass ? 'yes' : null)
  add('split', golden.split)
  for (const [column, value] of Object.entries(golden.meta)) add(`meta ${column}`, value === null ? 'null' : String(value))
  for (const { annotator, label, rules, severity, note } of golden.annotations) {
    const marks = Object.entries(rules).map(([rule, applies]) => (applies ? rule : `not ${rule}`))
    const parts = [label ?? 'no label', ...marks, ...(severity ? [severity] : []), ...(note ? [`“${note}”`] : [])]
    add(`annotation of ${annotator}`, parts.join(', '))
  }
  return fields
}
