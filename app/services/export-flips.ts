import { writeRow } from '../formats/write-delimited'
import type { ComparedAnswer } from '../domain/comparison/comparison'
import type { FlipFilter, FlipRow, Workspace } from './workspace-api'

export type FlipExportRequest = { baseline: string; candidate: string; filter: FlipFilter; format: 'csv' | 'json' }

const pageSize = 500

/** The cases of a comparison that a filter leaves, as pieces of text: CSV that no spreadsheet runs, or one JSON document. */
export async function* exportFlips(
  workspace: Workspace,
  { baseline, candidate, filter, format }: FlipExportRequest,
): AsyncGenerator<string> {
  const [baselineId, candidateId] = await Promise.all([workspace.replays.resolve(baseline), workspace.replays.resolve(candidate)])
  const rows = readFlips(workspace, baselineId, candidateId, filter)
  if (format === 'csv') yield* writeCsv(rows)
  else yield* writeJson(rows, { baseline: baselineId, candidate: candidateId, filter })
}

async function* readFlips(workspace: Workspace, baseline: string, candidate: string, filter: FlipFilter): AsyncGenerator<FlipRow> {
  for (let offset = 0; ; offset += pageSize) {
    const { total, rows } = await workspace.comparisons.flips(baseline, candidate, { filter, offset, limit: pageSize })
    yield* rows
    if (rows.length === 0 || offset + rows.length >= total) return
  }
}

const columns = [
  'case',
  'flip',
  'expected',
  'expectedRules',
  ...sideColumns('baseline'),
  ...sideColumns('candidate'),
  'mustPass',
  'noise',
  'leaked',
  'tags',
  'note',
  'content',
  'context',
]

function sideColumns(side: string): string[] {
  return ['outcome', 'label', 'rules', 'rationale'].map((column) => `${side}.${column}`)
}

async function* writeCsv(rows: AsyncIterable<FlipRow>): AsyncGenerator<string> {
  yield writeRow(columns, ',')
  for await (const row of rows) {
    const rules = Object.entries(row.expected?.rules ?? {}).map(([rule, applies]) => (applies ? rule : `not ${rule}`))
    const cells = [
      row.id,
      row.flip,
      row.expected?.label ?? '',
      rules.join('; '),
      ...answerCells(row.baseline),
      ...answerCells(row.candidate),
      row.mustPass ? '1' : '',
      row.noise ? '1' : '',
      row.leaked ? '1' : '',
      row.tags.join('; '),
      row.note ?? '',
      row.content,
      row.context.parents.length > 0 ? JSON.stringify(row.context.parents) : '',
    ]
    yield writeRow(cells, ',')
  }
}

function answerCells(answer: ComparedAnswer | null): string[] {
  if (!answer) return ['', '', '', '']
  return [answer.outcome, answer.label ?? '', answer.rules?.join('; ') ?? '', answer.rationale ?? answer.detail ?? '']
}

async function* writeJson(rows: AsyncIterable<FlipRow>, head: Record<string, unknown>): AsyncGenerator<string> {
  yield `${JSON.stringify({ schema: 'touchstone.flips/1', ...head }).slice(0, -1)},"cases":[`
  let separator = '\n'
  for await (const { rank: _rank, ...row } of rows) {
    yield `${separator}${JSON.stringify(row)}`
    separator = ',\n'
  }
  yield '\n]}\n'
}
