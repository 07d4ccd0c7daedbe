import { toCaseLine } from '~/domain/golden-set/case-line'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { writeDelimitedCases } from './write-delimited'

export const caseExportFormats = ['jsonl', 'csv', 'tsv', 'promptfoo', 'label-studio'] as const
export type CaseExportFormat = (typeof caseExportFormats)[number]

/** Writes cases as pieces of text, in bounded memory. `open` gives the cases from the start; tables need them twice. */
export async function* writeCases(format: CaseExportFormat, open: () => AsyncIterable<GoldenCase>): AsyncGenerator<string> {
  if (format === 'csv' || format === 'tsv') yield* writeDelimitedCases(open, format === 'csv' ? ',' : '\t')
  else if (format === 'jsonl') yield* writeJsonLines(open())
  else {
    const { writeLabelStudio, writePromptfoo } = await import('./write-tasks')
    yield* format === 'promptfoo' ? writePromptfoo(open()) : writeLabelStudio(open())
  }
}

/** Our own format: reading it back gives the same cases. */
async function* writeJsonLines(cases: AsyncIterable<GoldenCase>): AsyncGenerator<string> {
  for await (const golden of cases) yield `${JSON.stringify(toCaseLine(golden))}\n`
}
