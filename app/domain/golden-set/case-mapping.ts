/** Which column of a file holds which part of a case. Columns that nothing names become metadata. */
export type CaseMapping = {
  id?: string
  content?: string
  expected?: string
  /** Columns that list the ids of the rules that apply. */
  rules: string[]
  /** Rule id → the column that says 1 (applies), 0 (does not apply) or nothing (unlabelled). */
  ruleColumns: Record<string, string>
  tags: string[]
  note?: string
  severity?: string
  mustPass?: string
  split?: string
  parents: string[]
  surface?: string
  author?: string
  locale?: string
  /** Annotator → the column with the label that this person gave. */
  annotations: Record<string, string>
  /** The column that names who gave the row's label: one row an annotation, and the rows of one case share their id or content. */
  annotator?: string
  /** Columns that are left out altogether. */
  ignored: string[]
  /** Values of the expected column that mean the violating label; every other value then means the allowed one. */
  positive: string[]
  /** Values of the label columns → labels of the policy; '' for no label. Goes before `positive`. */
  labels: Record<string, string>
  /** A value that nothing above names is read by what it means (`hateful`, `not ok`), not refused. */
  guessLabels?: boolean
  /** An empty cell of a rule's column means that the rule does not apply, not that nobody said. */
  blankIsNo?: boolean
}

export const emptyMapping: CaseMapping = {
  rules: [],
  ruleColumns: {},
  tags: [],
  parents: [],
  annotations: {},
  ignored: [],
  positive: [],
  labels: {},
}

const singleTargets = {
  id: 'id',
  content: 'content',
  expected: 'expected',
  note: 'note',
  severity: 'severity',
  mustPass: 'mustPass',
  split: 'split',
  annotator: 'annotator',
  'context.surface': 'surface',
  'context.author': 'author',
  'context.locale': 'locale',
} as const satisfies Record<string, keyof CaseMapping>
const listTargets = {
  rules: 'rules',
  tags: 'tags',
  'context.parents': 'parents',
  ignore: 'ignored',
} as const satisfies Record<string, keyof CaseMapping>
const aliases: Record<string, string> = {
  label: 'expected',
  rule: 'rules',
  tag: 'tags',
  'context.parent': 'context.parents',
  parents: 'context.parents',
  locale: 'context.locale',
  surface: 'context.surface',
  author: 'context.author',
}

const ownKeys: Record<string, string> = { 'expected.label': 'expected', 'expected.severity': 'severity' }

/** What `--map TARGET=COLUMN` may name, for help and errors. */
export const mappingTargets = [
  ...Object.keys(singleTargets),
  ...Object.keys(listTargets),
  'rule.ID',
  'flag',
  'annotation',
  'annotation.NAME',
]

/**
 * Reads `TARGET=COLUMN` entries. The column may hold "=". Returns what is wrong in words: an unknown target, a missing column, two columns
 * for a part that takes one.
 */
export function parseMapping(
  entries: readonly string[],
  options: { positive?: readonly string[]; labels?: readonly string[] } = {},
): { mapping: CaseMapping; errors: string[] } {
  const mapping: CaseMapping = structuredClone(emptyMapping)
  const errors: string[] = []
  for (const entry of entries) {
    const separator = entry.indexOf('=')
    const column = entry.slice(separator + 1)
    if (separator < 1 || column === '') {
      errors.push(`--map ${JSON.stringify(entry)} is not of the form TARGET=COLUMN`)
      continue
    }
    const written = entry.slice(0, separator).trim()
    const target = aliases[written] ?? written
    if (Object.hasOwn(singleTargets, target)) {
      const key = singleTargets[target as keyof typeof singleTargets]
      if (mapping[key] !== undefined)
        errors.push(`--map ${written} is given twice: ${JSON.stringify(mapping[key])} and ${JSON.stringify(column)}`)
      mapping[key] = column
    } else if (Object.hasOwn(listTargets, target)) mapping[listTargets[target as keyof typeof listTargets]].push(column)
    else if (/^rule\../.test(target)) mapping.ruleColumns = { ...mapping.ruleColumns, [target.slice('rule.'.length)]: column }
    else if (/^annotation\../.test(target)) mapping.annotations = { ...mapping.annotations, [target.slice('annotation.'.length)]: column }
    else if (target === 'flag') mapping.ruleColumns = { ...mapping.ruleColumns, [ruleIdOf(column)]: column }
    else if (target === 'annotation') mapping.annotations = { ...mapping.annotations, [column]: column }
    else errors.push(`--map ${JSON.stringify(written)} is not a part of a case; use one of ${mappingTargets.join(', ')}`)
  }
  mapping.positive = [...(options.positive ?? [])]
  for (const entry of options.labels ?? []) {
    const separator = entry.lastIndexOf('=')
    if (separator < 1) errors.push(`--label ${JSON.stringify(entry)} is not of the form VALUE=LABEL`)
    else mapping.labels = { ...mapping.labels, [entry.slice(0, separator).trim()]: entry.slice(separator + 1).trim() }
  }
  return { mapping, errors }
}

/** The mapping as `--map` entries, to save it or to show the command that repeats an import. */
export function formatMapping(mapping: CaseMapping): string[] {
  const single = Object.entries(singleTargets).flatMap(([target, key]) => (mapping[key] === undefined ? [] : [`${target}=${mapping[key]}`]))
  const lists = Object.entries(listTargets).flatMap(([target, key]) => mapping[key].map((column) => `${target}=${column}`))
  const named = (prefix: string, columns: Record<string, string>) =>
    Object.entries(columns).map(([name, column]) => `${prefix}.${name}=${column}`)
  return [...single, ...lists, ...named('rule', mapping.ruleColumns), ...named('annotation', mapping.annotations)]
}

/**
 * Adds the parts that the file names in our own words (`id`, `content`, `expected`, `rule.H2`, `context.locale` …) to what the person
 * mapped. A column that the person used for something else is left alone.
 */
export function completeMapping(mapping: CaseMapping, columns: readonly string[]): CaseMapping {
  const complete = structuredClone(mapping)
  const used = new Set(mappedColumns(mapping).map(({ column }) => column))
  for (const name of columns) {
    if (used.has(name)) continue
    // Nested keys of our own format, as a flattened JSON line has them.
    const column = ownKeys[name] ?? name.replace(/^expected\.rules\./, 'rule.')
    // A column of this name makes another layout of the file, and may be no more than a remark: it is mapped by people only.
    if (column === 'annotator') continue
    if (Object.hasOwn(singleTargets, column)) complete[singleTargets[column as keyof typeof singleTargets]] ??= name
    else if (column !== 'ignore' && Object.hasOwn(listTargets, column)) {
      const list = complete[listTargets[column as keyof typeof listTargets]]
      if (list.length === 0) list.push(name)
    } else if (/^rule\../.test(column)) complete.ruleColumns = { [column.slice('rule.'.length)]: name, ...complete.ruleColumns }
    else if (/^annotation\../.test(column)) complete.annotations = { [column.slice('annotation.'.length)]: name, ...complete.annotations }
  }
  return complete
}

/** Every column that the mapping names, with what for. */
export function mappedColumns(mapping: CaseMapping): Array<{ target: string; column: string }> {
  return formatMapping(mapping).map((entry) => {
    const separator = entry.indexOf('=')
    return { target: entry.slice(0, separator), column: entry.slice(separator + 1) }
  })
}

/** Finds a mapped column among those of a file: exactly, else whatever the case and the blanks around it. */
export function findColumn(columns: readonly string[], wanted: string): number {
  const exact = columns.indexOf(wanted)
  if (exact >= 0) return exact
  const folded = wanted.trim().toLowerCase()
  return columns.findIndex((column) => column.trim().toLowerCase() === folded)
}

/** `identity hate` → `identity-hate`, which a rule may be called. */
export const ruleIdOf = (column: string) =>
  column
    .trim()
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
    .slice(0, 64) || 'rule'

/** What the person maps goes before what a preset or a saved mapping does. */
export function mergeMappings(preset: CaseMapping, own: CaseMapping | undefined): CaseMapping {
  if (!own) return preset
  const lists = { rules: own.rules, tags: own.tags, parents: own.parents, ignored: own.ignored, positive: own.positive }
  const filled = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
  return {
    ...preset,
    ...own,
    ...{ rules: preset.rules, tags: preset.tags, parents: preset.parents, ignored: preset.ignored, positive: preset.positive },
    ...filled,
    ruleColumns: { ...preset.ruleColumns, ...own.ruleColumns },
    annotations: { ...preset.annotations, ...own.annotations },
    labels: { ...preset.labels, ...own.labels },
    ...(own.guessLabels === undefined ? { guessLabels: preset.guessLabels } : {}),
  }
}
