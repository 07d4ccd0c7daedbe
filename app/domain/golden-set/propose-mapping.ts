import type { VerdictScheme } from '../policy/verdict-scheme'
import { mappedColumns, ruleIdOf, type CaseMapping } from './case-mapping'
import { holdsFlags, holdsLabels, holdsTellingLabels, profileColumn, type ColumnProfile } from './column-profile'
import { polarityOf } from './guess-label'
import { foldColumn, guessMapping, namesOf } from './guess-mapping'

/** The first rows of a file as a table of texts. */
export type TableSample = { columns: readonly string[]; rows: ReadonlyArray<readonly string[]> }

export type MappingProposal = {
  mapping: CaseMapping
  /** What was taken for what where the names alone do not say it. */
  notes: string[]
}

/**
 * Proposes which column is what, from the names and from what the cells hold: labels, scores, one column a category, one column an
 * annotator, one row an annotation. A person corrects it.
 */
export function proposeMapping({ columns, rows }: TableSample, scheme: VerdictScheme): MappingProposal {
  const look: Look = {
    columns,
    rows,
    scheme,
    profiles: columns.map((name, index) =>
      profileColumn(
        name,
        rows.map((cells) => cells[index] ?? ''),
      ),
    ),
    mapping: guessMapping(columns),
    notes: [],
  }
  leaveOutRowNumbers(look)
  chooseContent(look)
  const flags = categoryColumns(look)
  chooseAnnotators(look)
  leaveOutProse(look)
  chooseExpected(look, flags)
  if (look.mapping.expected === undefined) chooseRules(look, flags)
  checkId(look)
  sayWhatIsMissing(look)
  look.mapping.guessLabels = true
  return { mapping: look.mapping, notes: look.notes }
}

type Look = TableSample & { scheme: VerdictScheme; profiles: ColumnProfile[]; mapping: CaseMapping; notes: string[] }

const quote = (text: string) => JSON.stringify(text)
const profileOf = (look: Look, column: string | undefined) => look.profiles.find(({ name }) => name === column)
const usedColumns = (look: Look) => new Set(mappedColumns(look.mapping).map(({ column }) => column))

/** The first column of an export from pandas: row numbers without a name. */
function leaveOutRowNumbers(look: Look): void {
  const first = look.profiles[0]
  if (!first || !/^(?:|unnamed: ?\d+|index|#)$/i.test(first.name.trim()) || !first.isNumeric) return
  if (first.name.trim() === '' || /^unnamed/i.test(first.name.trim())) look.mapping.ignored.push(first.name)
}

/** The text to be judged: by name, among several such the fullest and longest; else the only column of prose. */
function chooseContent(look: Look): void {
  const { mapping, profiles } = look
  const isOurs = mapping.content === 'content'
  const current = profileOf(look, mapping.content)
  const named = profiles.filter(({ name }) => namesOf('content').includes(foldColumn(name)))
  const isFull = (profile: ColumnProfile) => profile.filled >= profile.rows * 0.8
  if (current && (isOurs || (isFull(current) && current.meanLength >= 8 && named.length === 1))) return
  const free = usedColumns(look)
  const prose = profiles
    .filter((profile) => (!free.has(profile.name) || named.includes(profile)) && !profile.isNumeric && isFull(profile))
    .filter((profile) => profile.meanLength >= 12 || named.includes(profile))
    .filter((profile) => !/^https?:/i.test([...(profile.values?.keys() ?? [])][0] ?? ''))
    .sort((one, other) => other.meanLength - one.meanLength)
  const byName = prose.filter((profile) => named.includes(profile))
  const best = byName[0] ?? (current ? undefined : prose.find(({ distinct, filled }) => distinct > filled / 2))
  if (best === undefined || best.name === mapping.content) return
  mapping.content = best.name
  if (byName.length === 0) look.notes.push(`The content was taken from the column ${quote(best.name)}, the one with the longest texts.`)
}

const annotatorColumn =
  /^(?:(?:annotator|rater|coder|labell?er|reviewer|annotation|label|judge|judgement|judgment|moderator|worker|vote|rating|coder_label|a|r)[ _.-]*(?:\d{1,2}|[a-f])(?:[ _.-]*(?:label|verdict|annotation|rating))?|(?:label|verdict|annotation|rating)[ _.-]*(?:annotator|rater|coder)?[ _.-]*(?:\d{1,2}|[a-f]))$/i
const annotatorName =
  /^(?:annotator|annotatorid|annotatedby|worker|workerid|rater|raterid|coder|coderid|labeler|labeller|labelerid|reviewer|reviewerid|moderator|judge|completedby|userid)$/

/** One column an annotator, or one row an annotation. */
function chooseAnnotators(look: Look): void {
  const { mapping, profiles } = look
  if (Object.keys(mapping.annotations).length > 0) return
  const columns = profiles.filter((profile) => annotatorColumn.test(profile.name.trim()) && holdsLabels(profile))
  if (columns.length >= 2) {
    for (const { name } of columns) {
      if (mapping.expected === name) delete mapping.expected
      mapping.annotations[name.trim().replaceAll('=', '-')] = name
    }
    look.notes.push(
      `Each of ${columns.map(({ name }) => quote(name)).join(', ')} was read as one annotator's label. Where no other column holds the expected label, it is the one that all agree on.`,
    )
    return
  }
  const annotator = profiles.find((profile) => annotatorName.test(foldColumn(profile.name)) && profile.filled > profile.rows / 2)
  const keyAt = look.columns.indexOf(mapping.id ?? mapping.content ?? '')
  if (!annotator || keyAt < 0) return
  const whoAt = look.columns.indexOf(annotator.name)
  const keys = look.rows.map((cells) => cells[keyAt] ?? '')
  const pairs = new Set(look.rows.map((cells) => JSON.stringify([cells[keyAt], cells[whoAt]])))
  // The same case comes again, and each time from somebody else.
  if (new Set(keys).size === keys.length || pairs.size < keys.length * 0.95) return
  mapping.annotator = annotator.name
  look.notes.push(
    `Each row was read as one annotation by ${quote(annotator.name)}; rows of the same ${quote(look.columns[keyAt] ?? '')} are one case.`,
  )
}

const labelName =
  /label|verdict|decision|gold|truth|expected|outcome|judg|class|moderat|hate|toxic|offens|abus|violat|spam|harm|unsafe|is[_ ]?safe|allowed|acceptable|compliant|appropriate/i
const notLabelName = /score|confidence|prob|reason|note|comment|predict|model|target|group|time|date|count|agree|source|split|id$/i

function chooseExpected(look: Look, flags: ColumnProfile[]): void {
  const { mapping, profiles } = look
  if (mapping.expected === 'expected') return
  const named = profileOf(look, mapping.expected)
  const own = new Set(look.scheme.labels.flatMap(({ id, name }) => [id.toLowerCase(), (name ?? id).toLowerCase()]))
  const isLabelled = (profile: ColumnProfile) =>
    holdsLabels(profile) || (profile.values !== null && [...profile.values.keys()].every((value) => own.has(value.toLowerCase())))
  const isCategory = named !== undefined && flags.length >= 2 && flags.includes(named)
  if (named && isLabelled(named) && !isCategory) return
  const used = usedColumns(look)
  used.delete(mapping.expected ?? '')
  for (const column of [...mapping.tags, ...mapping.rules]) used.delete(column)
  const free = profiles.filter((profile) => !used.has(profile.name) && !(flags.length >= 2 && flags.includes(profile)))
  const candidates = free.filter(
    (profile) =>
      isLabelled(profile) &&
      labelName.test(profile.name) &&
      !notLabelName.test(profile.name) &&
      (!profile.isNumeric || profile.distinct > 1),
  )
  const best =
    candidates.find(holdsTellingLabels) ?? candidates[0] ?? free.find((profile) => isLabelled(profile) && holdsTellingLabels(profile))
  if (best) {
    takeAsExpected(look, best)
    return
  }
  if (flags.length >= 2) {
    if (named && !isLabelled(named)) delete mapping.expected
    return
  }
  const score = [named, ...free.filter(({ name }) => labelName.test(name) || /score/i.test(name))].find((profile) => profile?.isScore)
  if (score) {
    takeAsExpected(look, score)
    const sign = polarityOf(score.name) === 'allowed' ? '<0.5' : '>=0.5'
    mapping.positive = [sign]
    look.notes.push(
      `${quote(score.name)} holds scores: ${sign} was read as the violating label. Another limit is stated with --map and --positive ">=0.7".`,
    )
    return
  }
  // What people call "class", "target" or "annotation" may be anything: with values that cannot be labels it is metadata.
  if (named && (named.values === null || /^(?:target|class|annotation|decision)$/.test(foldColumn(named.name)))) {
    if (named.values === null || !holdsTellingLabels(named)) delete mapping.expected
  }
}

function takeAsExpected({ mapping }: Look, { name }: ColumnProfile): void {
  mapping.expected = name
  mapping.tags = mapping.tags.filter((column) => column !== name)
  mapping.rules = mapping.rules.filter((column) => column !== name)
}

const notCategory = /^(?:is_?reply|has_|verified|edited|retweet|deleted|reviewed|must_?pass|has|urgent|active|test|duplicate)/i

/** Columns of marks, one a category. */
function categoryColumns(look: Look): ColumnProfile[] {
  const used = new Set(mappedColumns({ ...look.mapping, expected: undefined } as CaseMapping).map(({ column }) => column))
  const rules = new Set(look.scheme.rules.map(({ id }) => foldColumn(id)))
  const expected = look.mapping.expected
  return look.profiles.filter(
    (profile) =>
      holdsFlags(profile) &&
      !used.has(profile.name) &&
      !annotatorColumn.test(profile.name.trim()) &&
      !notCategory.test(profile.name.trim()) &&
      profile.name.trim() !== '' &&
      (rules.has(foldColumn(profile.name)) ||
        profile.name !== expected ||
        !/^(?:expected|label|gold|verdict|truth)/i.test(foldColumn(profile.name))),
  )
}

function chooseRules(look: Look, flags: ColumnProfile[]): void {
  const { mapping } = look
  const categories = flags.filter(({ name }) => polarityOf(name) === 'violating')
  if (flags.length < 2 || categories.length === 0 || Object.keys(mapping.annotations).length > 0) return
  for (const { name } of categories) mapping.ruleColumns[ruleIdOf(name)] ??= name
  const named = categories.map(({ name }) => quote(name)).join(', ')
  look.notes.push(
    `Each of ${named} was read as a rule. No column holds the expected label: a case violates where any rule applies, is allowed where none does, and is unlabelled where that cannot be said.`,
  )
  const hasNo = categories.some(({ values }) => [...(values?.keys() ?? [])].some((value) => /^(?:0|false|no|n)/i.test(value)))
  if (!hasNo)
    look.notes.push(
      'These columns hold marks and empty cells only. Empty was read as "nobody said"; with --blank-is-no it means that the rule does not apply.',
    )
}

/** A category in words is no rule's id: it stays metadata, by which cases can be sliced too. */
function leaveOutProse(look: Look): void {
  const isId = (value: string) => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(value)
  look.mapping.rules = look.mapping.rules.filter((column) => {
    const values = [...(profileOf(look, column)?.values?.keys() ?? [])]
    return column === 'rules' || (values.length > 0 && values.every((value) => value.split(/[;|,]/).every((part) => isId(part.trim()))))
  })
}

function sayWhatIsMissing({ mapping, profiles, notes }: Look): void {
  const isLabelled = mapping.expected !== undefined || Object.keys({ ...mapping.ruleColumns, ...mapping.annotations }).length > 0
  if (isLabelled || mapping.content === undefined) return
  const used = new Set(mappedColumns(mapping).map(({ column }) => column))
  const likely = profiles.filter(
    ({ name, values, filled }) => !used.has(name) && name !== '' && values !== null && values.size >= 2 && values.size < filled,
  )
  const named = likely.slice(0, 3).map(({ name }) => `--map ${quote(`expected=${name}`)}`)
  notes.push(`No column was taken for the expected label.${named.length > 0 ? ` If one holds it, say so: ${named.join(', or ')}.` : ''}`)
}

/** A column called an id that repeats itself is that of something else: a thread, a user. */
function checkId(look: Look): void {
  const { mapping } = look
  const profile = profileOf(look, mapping.id)
  if (!profile || mapping.annotator !== undefined || mapping.id === 'id') return
  if (profile.filled > 0 && profile.distinct >= Math.min(profile.filled, 5000) * 0.9) return
  delete mapping.id
  look.notes.push(`${quote(profile.name)} repeats itself, so it was not taken for the ids of the cases.`)
}
