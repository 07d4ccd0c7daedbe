import { foldText, isAscii } from '../../domain/fold-text'
import type { Annotation, CaseContext, GoldenCase, MetaValue } from '../../domain/golden-set/golden-case'
import { slicesOf } from '../../domain/golden-set/slices'
import { hashToBytes } from '../../lib/hash'
import { formatFacets } from './facets'

/** The columns of GoldenCase that hold a case's state, in the order of {@link toCaseColumns}. */
export const caseStateColumns = [
  'caseId',
  'contentHash',
  'stateHash',
  'label',
  'rules',
  'severity',
  'mustPass',
  'facets',
  'searchText',
  'locale',
  'surface',
  'split',
  'tags',
  'note',
  'meta',
  'annotations',
  'context',
  'content',
] as const

export type CaseColumns = [
  caseId: string,
  contentHash: Buffer,
  stateHash: Buffer,
  label: string | null,
  rules: string | null,
  severity: string | null,
  mustPass: number,
  facets: string,
  searchText: string | null,
  locale: string | null,
  surface: string | null,
  split: string | null,
  tags: string | null,
  note: string | null,
  meta: string | null,
  annotations: string | null,
  context: string | null,
  content: string,
]

/** What {@link readCase} needs of a row. */
export type CaseStateRow = {
  caseId: string
  label: string | null
  rules: string | null
  severity: string | null
  mustPass: number
  locale: string | null
  surface: string | null
  split: string | null
  tags: string | null
  note: string | null
  meta: string | null
  annotations: string | null
  context: string | null
  content: string
}

export const caseSelection = [
  'caseId',
  'label',
  'rules',
  'severity',
  'mustPass',
  'locale',
  'surface',
  'split',
  'tags',
  'note',
  'meta',
  'annotations',
  'context',
  'content',
]
  .map((column) => `g.${column}`)
  .join(', ')

/** The same values in the order of {@link caseSelection}: as a list, a row is read several times as fast as an object. */
export type CaseStateValues = [
  caseId: string,
  label: string | null,
  rules: string | null,
  severity: string | null,
  mustPass: number,
  locale: string | null,
  surface: string | null,
  split: string | null,
  tags: string | null,
  note: string | null,
  meta: string | null,
  annotations: string | null,
  context: string | null,
  content: string,
]

export function readCaseValues(values: CaseStateValues): GoldenCase {
  const [caseId, label, rules, severity, mustPass, locale, surface, split, tags, note, meta, annotations, context, content] = values
  return readCase({ caseId, label, rules, severity, mustPass, locale, surface, split, tags, note, meta, annotations, context, content })
}

/** Keys sorted, so that the same record is the same text. */
function canonicalRecord(record: Record<string, unknown>): string | null {
  const keys = Object.keys(record)
  if (keys.length === 0) return null
  if (keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key)) return JSON.stringify(record)
  return JSON.stringify(Object.fromEntries(keys.sort().map((key) => [key, record[key]])))
}

const listText = (list: readonly unknown[]) => (list.length === 0 ? null : JSON.stringify(list))

function toSearchText({ id, content, note = '' }: GoldenCase): string | null {
  return isAscii(content) && isAscii(note) && isAscii(id) ? null : foldText(`${content}\n${id}\n${note}`)
}

export function toCaseColumns(goldenCase: GoldenCase): CaseColumns {
  const { context, expected } = goldenCase
  const { parents, author, locale = null, surface = null } = context
  const contextText =
    parents.length === 0 && author === undefined ? null : JSON.stringify(author === undefined ? { parents } : { parents, author })
  const rules = expected === null ? null : (canonicalRecord(expected.rules) ?? '{}')
  const tags = listText(goldenCase.tags)
  // The record keeps its own order where it is read; only its identity is sorted.
  const meta = Object.keys(goldenCase.meta).length === 0 ? null : JSON.stringify(goldenCase.meta)
  const annotations = listText(goldenCase.annotations)
  const { label = null, severity = null } = expected ?? {}
  const { note = null, split = null } = goldenCase
  const contentHash = hashToBytes(JSON.stringify([goldenCase.content, contextText, locale, surface]))
  const state = [
    contentHash.toString('base64'),
    label,
    rules,
    severity,
    goldenCase.mustPass,
    split,
    tags,
    note,
    canonicalRecord(goldenCase.meta),
    annotations,
  ]
  return [
    goldenCase.id,
    contentHash,
    hashToBytes(JSON.stringify(state)),
    label,
    rules,
    severity,
    goldenCase.mustPass ? 1 : 0,
    formatFacets(slicesOf(goldenCase)),
    toSearchText(goldenCase),
    locale,
    surface,
    split,
    tags,
    note,
    meta,
    annotations,
    contextText,
    goldenCase.content,
  ]
}

/** The columns hold only what {@link toCaseColumns} wrote, which is why their JSON is taken at its word. */
const parseJson = <T>(text: string): T => JSON.parse(text) as T

export function readCase(row: CaseStateRow): GoldenCase {
  const context: CaseContext = row.context === null ? { parents: [] } : parseJson<CaseContext>(row.context)
  if (row.surface !== null) context.surface = row.surface
  if (row.locale !== null) context.locale = row.locale
  const goldenCase: GoldenCase = {
    id: row.caseId,
    content: row.content,
    context,
    expected: row.rules === null ? null : { label: row.label, rules: readRules(row.rules) },
    tags: row.tags === null ? [] : parseJson<string[]>(row.tags),
    mustPass: row.mustPass === 1,
    meta: row.meta === null ? {} : parseJson<Record<string, MetaValue>>(row.meta),
    annotations: row.annotations === null ? [] : parseJson<Annotation[]>(row.annotations),
  }
  if (goldenCase.expected && row.severity !== null) goldenCase.expected.severity = row.severity
  if (row.note !== null) goldenCase.note = row.note
  if (row.split !== null) goldenCase.split = row.split
  return goldenCase
}

export function readRules(rules: string | null): Record<string, boolean> {
  return rules === null || rules === '{}' ? {} : parseJson<Record<string, boolean>>(rules)
}

export function readTags(tags: string | null): string[] {
  return tags === null ? [] : parseJson<string[]>(tags)
}
