import type { CaseMapping } from '~/domain/golden-set/case-mapping'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { allowedLabel, positiveLabel, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { isRecord, type RowSample } from '../sample-rows'
import type { RowOptions, SourceRow } from '../rows'

/** What the policy calls the two verdicts that other people's files know. */
export type PresetLabels = { violating: string; allowed: string }

/** How files of one well-known layout are read. */
export type Preset = {
  name: string
  title: string
  /** What the layout is and how its labels are read, in one or two sentences. */
  description: string
  /** For layouts that are a plain table: which column is what. What a person maps goes before it. */
  mapping?: CaseMapping
  /** Whether the first rows of a file look like this layout and like no other. */
  detect?: (sample: RowSample) => boolean
  rowOptions?: Pick<RowOptions, 'headerLine'>
  /** For all other layouts: rows of the file → values in our own format of a line. */
  transform?: (rows: AsyncIterable<SourceRow>, labels: PresetLabels) => AsyncIterable<SourceRow>
  /** A last change to each mapped case. */
  refine?: (golden: GoldenCase, labels: PresetLabels) => GoldenCase
}

/** All of these columns are there. */
export const hasColumns =
  (...names: string[]) =>
  ({ columns }: RowSample): boolean =>
    names.every((name) => columns.includes(name))

/** There are JSON values, and each of them is an object that passes. */
export const everyValue =
  (test: (value: Record<string, unknown>) => boolean) =>
  (sample: RowSample): boolean =>
    !sample.isTable && sample.values.length > 0 && sample.values.every((value) => isRecord(value) && test(value))

export const presetLabels = (scheme: VerdictScheme): PresetLabels => ({ violating: positiveLabel(scheme), allowed: allowedLabel(scheme) })
