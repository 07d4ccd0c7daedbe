import { stringify } from 'yaml'
import { z } from 'zod'
import { readYaml, type YamlReading } from '../policy/yaml-text'
import { formatMapping, parseMapping, type CaseMapping } from './case-mapping'

/** How a file is read, as far as a person stated it. */
const readingSchema = z.strictObject({
  format: z.string().optional(),
  encoding: z.string().optional(),
  delimiter: z.string().optional(),
  headerRow: z.int().min(0).optional(),
  sheet: z.string().optional(),
  relaxQuotes: z.boolean().optional(),
})

const text = z.union([z.string(), z.number().transform(String)])

/** A file that says how the columns of other files become cases: `touchstone.mapping/1`. YAML, or JSON. */
const savedMappingSchema = z.strictObject({
  schema: z.literal('touchstone.mapping/1'),
  preset: z.string().optional(),
  /** Part of a case → the column, or the columns, that hold it. */
  columns: z.record(z.string(), z.union([text, z.array(text)])).default({}),
  /** Value of a label column → label of the policy; '' for none. */
  labels: z.record(z.string(), z.string().nullable()).default({}),
  positive: z.array(text).default([]),
  guessLabels: z.boolean().default(false),
  blankIsNo: z.boolean().default(false),
  reading: readingSchema.default({}),
})

export type SavedMapping = { preset?: string; mapping: CaseMapping; reading: z.infer<typeof readingSchema> }

/** Reads a saved mapping. All problems at once, each with its line. */
export function parseSavedMapping(yamlText: string, fileName: string): YamlReading<SavedMapping> {
  const reading = readYaml(yamlText, fileName, savedMappingSchema)
  if (!reading.ok) return reading
  const { preset, columns, labels, positive, guessLabels, blankIsNo, reading: how } = reading.value
  const entries = Object.entries(columns).flatMap(([target, names]) =>
    (Array.isArray(names) ? names : [names]).map((name) => `${target}=${name}`),
  )
  const { mapping, errors } = parseMapping(entries, { positive })
  if (errors.length > 0)
    return {
      ok: false,
      problems: errors.map((message) => ({
        file: fileName,
        line: reading.lineOf(['columns']),
        path: 'columns',
        message: message.replaceAll('--map ', ''),
      })),
    }
  const stated = Object.fromEntries(Object.entries(labels).map(([value, label]) => [value, label ?? '']))
  return {
    ...reading,
    value: {
      ...(preset === undefined ? {} : { preset }),
      mapping: { ...mapping, labels: stated, guessLabels, ...(blankIsNo ? { blankIsNo } : {}) },
      reading: how,
    },
  }
}

const explanations: Record<string, string> = {
  schema: ' How the columns of a file become cases. Use it with: touchstone import FILE --policy SLUG --mapping THIS-FILE',
  preset: ' The layout; "none": none of the known ones, columns are mapped.',
  columns: ' Part of a case: the column, or the columns, that hold it. Columns that are not named become metadata.',
  labels: ' What a value of a label column means; "" is no label.',
  positive: ' Values or limits that mean the violating label; everything else then means the allowed one.',
  guessLabels: ' Values that are not listed are read by what they mean (hateful, not ok) and not refused.',
  blankIsNo: ' An empty cell of a rule column means that the rule does not apply.',
  reading: ' How the file is read; what is not here is found out.',
}

/** Writes a mapping as commented YAML whose lines stay where they are when one of them changes. */
export function formatSavedMapping({ preset, mapping, reading }: SavedMapping): string {
  const columns = new Map<string, string[]>()
  for (const entry of formatMapping(mapping)) {
    const separator = entry.indexOf('=')
    const target = entry.slice(0, separator)
    columns.set(target, [...(columns.get(target) ?? []), entry.slice(separator + 1)])
  }
  const parts: Record<string, unknown> = {
    schema: 'touchstone.mapping/1',
    ...(preset === undefined ? {} : { preset }),
    ...(columns.size > 0
      ? { columns: Object.fromEntries([...columns].map(([target, names]) => [target, names.length > 1 ? names : names[0]])) }
      : {}),
    ...(Object.keys(mapping.labels).length > 0 ? { labels: mapping.labels } : {}),
    ...(mapping.positive.length > 0 ? { positive: mapping.positive } : {}),
    ...(mapping.guessLabels ? { guessLabels: true } : {}),
    ...(mapping.blankIsNo ? { blankIsNo: true } : {}),
    ...(Object.keys(reading).length > 0 ? { reading } : {}),
  }
  return Object.entries(parts)
    .map(([key, value]) => `#${explanations[key] ?? ''}\n${stringify({ [key]: value }, { lineWidth: 0 })}`)
    .join('\n')
}
