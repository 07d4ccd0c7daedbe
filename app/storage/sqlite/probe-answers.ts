import type { CaseContext } from '../../domain/golden-set/golden-case'
import type { Slice } from '../../domain/golden-set/slices'
import type { Probe } from '../../domain/probes/probe'
import type { ProbedCase, ProbeFilter, ProbeResult, ProbeVerdict } from '../../domain/probes/probe-records'
import type { ProbeAnswer, ProbedParent } from '../../domain/probes/robustness'
import type { Outcome } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'
import { readVerdict, type VerdictColumns } from './case-judgements'
import { facetNeedle, parseFacet, splitFacets } from './facets'
import { caseSelection, readCase, type CaseStateRow } from './golden-case-rows'
import { notSealed } from './holdout-store'

/** A probe `p` of the run `r` with its answer `t`, its parent `g`, and the unchanged text's answer `b`. */
const joined = `FROM Probe AS p JOIN ProbeRun AS r ON r.id = p.replayId
  LEFT JOIN ProbeTrial AS t ON t.replayId = p.replayId AND t.caseId = p.caseId AND t.epoch = p.epoch
  LEFT JOIN ProbeTrial AS b ON b.replayId = p.replayId AND b.caseId = 'unchanged/' || p.parentId AND b.epoch = 1
  JOIN GoldenCase AS g ON g.goldenSetId = r.goldenSetId AND g.caseId = p.parentId
    AND g.fromRevision <= r.goldenRevision AND (g.untilRevision IS NULL OR g.untilRevision > r.goldenRevision)`

type AnswerRow = {
  parentId: string
  kind: Probe['kind']
  transform: Probe['transform']
  label: string | null
  outcome: Outcome | null
  facets: string
}

/** Every parent of a run with its answers so far, in the order of the set. */
export function* readProbedParents(handle: SqliteHandle, runId: string): Generator<ProbedParent> {
  const rows = handle
    .prepare<[string], AnswerRow>(
      `SELECT p.parentId, p.kind, p.transform, t.label, t.outcome, iif(p.kind = 'unchanged', g.facets, '') AS facets ${joined}
       WHERE p.replayId = ? ORDER BY p.position`,
    )
    .iterate(runId)
  type Parent = { id: string; slices: Slice[]; answers: ProbeAnswer[] }
  let parent = null as Parent | null
  for (const { parentId, kind, transform, label, outcome, facets } of rows) {
    if (parent?.id !== parentId) {
      if (parent) yield parent
      parent = { id: parentId, slices: splitFacets(facets).map(parseFacet), answers: [] }
    }
    parent.answers.push({ kind, transform, label, outcome })
  }
  if (parent) yield parent
}

/** Labels of each kind, as JSON arrays: what the results are told by. */
export type LabelKinds = { violating: readonly string[]; allowed: readonly string[] }

const isOf = (kind: keyof LabelKinds, label: string) => `${label} IN (SELECT value FROM json_each(@${kind}))`
const hasBoth = `t.label IS NOT NULL AND b.label IS NOT NULL`
const attack = `p.kind = 'attack' AND ${isOf('violating', 'b.label')}`
const lookAlike = `p.kind = 'lookAlike' AND ${isOf('allowed', 'b.label')}`

const resultConditions: Record<ProbeResult, string> = {
  judged: hasBoth,
  moved: `${hasBoth} AND t.label <> b.label`,
  held: `${hasBoth} AND t.label = b.label`,
  fromViolating: `${hasBoth} AND t.label <> b.label AND ${isOf('violating', 'b.label')}`,
  toViolating: `${hasBoth} AND t.label <> b.label AND ${isOf('violating', 't.label')}`,
  attackSuccess: `${attack} AND ${isOf('allowed', 't.label')}`,
  falseAlarms: `${lookAlike} AND ${isOf('violating', 't.label')}`,
  tried: `${hasBoth} AND ((${attack}) OR (${lookAlike}))`,
}

// Told in the order of `hold` in app/domain/probes/robustness.ts.
const leftOut = `CASE WHEN t.outcome IS NULL OR b.outcome IS NULL THEN 'pending'
  WHEN t.label IS NULL THEN iif(t.outcome IN ('correct', 'wrong', 'unlabelled'), 'error', t.outcome)
  WHEN b.label IS NULL THEN 'parent'
  WHEN (p.kind = 'attack' AND NOT (${attack})) OR (p.kind = 'lookAlike' AND NOT (${lookAlike})) THEN 'wrongBefore' END`

type Verdicts = VerdictColumns & { outcome: Outcome | null; detail: string | null }
type BeforeVerdicts = { [Column in keyof Verdicts as `before${Capitalize<Column>}`]: Verdicts[Column] }
type PageRow = Verdicts &
  BeforeVerdicts & { id: string; parentId: string; kind: Probe['kind']; transform: Probe['transform']; probe: string; parent: string }

const verdictColumns = ['outcome', 'detail', 'label', 'rules', 'severity', 'confidence', 'rationale'] as const
const capitalised = (column: string) => column.slice(0, 1).toUpperCase() + column.slice(1)
const bothVerdicts = verdictColumns
  .flatMap((column) => [`t.${column} AS ${column}`, `b.${column} AS before${capitalised(column)}`])
  .join(', ')

/** One page of a run's probes beside their parents, in the order of the set. The unchanged texts are no rows of their own. */
export function readProbePage(
  handle: SqliteHandle,
  runId: string,
  labels: LabelKinds,
  query: ProbeFilter & { sealedAt?: number; offset: number; limit: number },
): { total: number; rows: ProbedCase[] } {
  const conditions = [`p.replayId = @runId AND p.kind <> 'unchanged'`]
  const parameters: Record<string, string | number> = {
    runId,
    violating: JSON.stringify(labels.violating),
    allowed: JSON.stringify(labels.allowed),
  }
  for (const column of ['kind', 'transform', 'parentId'] as const) {
    const value = query[column]
    if (value === undefined) continue
    conditions.push(`p.${column} = @${column}`)
    parameters[column] = value
  }
  if (query.facet) {
    conditions.push('instr(g.facets, @facet) > 0')
    parameters.facet = facetNeedle(query.facet)
  }
  if (query.sealedAt !== undefined) {
    conditions.push(notSealed)
    parameters.sealedAt = query.sealedAt
  }
  if (query.result) conditions.push(`(${resultConditions[query.result]})`)
  if (query.leftOut) {
    conditions.push(`${leftOut} = @leftOut`)
    parameters.leftOut = query.leftOut
  }
  const where = `${joined} WHERE ${conditions.join(' AND ')}`
  const total = handle.prepare<[object], number>(`SELECT count(*) ${where}`).pluck().get(parameters) ?? 0
  const rows = handle
    .prepare<[object], PageRow & { goldenRow: number }>(
      `SELECT p.caseId AS id, p.parentId, p.kind, p.transform, p.content AS probe, g.rowid AS goldenRow, ${bothVerdicts}
       ${where} ORDER BY p.position LIMIT @limit OFFSET @offset`,
    )
    .all({ ...parameters, limit: query.limit, offset: query.offset })
  const readParent = handle.prepare<[number], CaseStateRow>(`SELECT ${caseSelection} FROM GoldenCase AS g WHERE g.rowid = ?`)
  return {
    total,
    rows: rows.flatMap((row) => {
      const stored = readParent.get(row.goldenRow)
      if (!stored) return []
      const { content, context, expected } = readCase(stored)
      return [toProbedCase(row, { content, context, expected })]
    }),
  }
}

function toProbedCase(row: PageRow, parent: { content: string; context: CaseContext; expected: ProbedCase['expected'] }): ProbedCase {
  const before = verdictColumns.map((column) => [column, row[`before${capitalised(column)}` as keyof BeforeVerdicts]])
  return {
    id: row.id,
    parentId: row.parentId,
    kind: row.kind,
    transform: row.transform,
    content: row.probe,
    parentContent: parent.content,
    context: parent.context,
    expected: parent.expected,
    before: toVerdict(Object.fromEntries(before) as Verdicts),
    after: toVerdict(row),
  }
}

const toVerdict = (row: Verdicts): ProbeVerdict | null =>
  row.outcome === null ? null : { outcome: row.outcome, verdict: readVerdict(row), detail: row.detail }
