import {
  ceilingOf,
  cohenKappaOfPairs,
  collectPatterns,
  firstCoefficient,
  fleissKappaOf,
  nominalAlpha,
  withInterval,
  type EstimateWithInterval,
  type RatingPattern,
} from './agreement-patterns'
import type { Annotation } from './golden-case'
import type { Slice } from './slices'

export type AnnotatedCase = {
  id: string
  annotations: readonly Annotation[]
  /** What the case can be cut by. */
  slices: readonly Slice[]
}

/** Agreement of people on one question: the label, or whether one rule applies. Over the cases that at least two people answered. */
export type AgreementFigures = {
  /** Cases with at least two answers, and their answers. */
  cases: number
  ratings: number
  /** Of these cases, those with different answers. */
  disagreeing: number
  /** Krippendorff's nominal alpha, gaps allowed, with its bootstrap interval over cases. Null where the answers do not vary. */
  alpha: EstimateWithInterval
  /** Fleiss' kappa, where every case has the same number of answers; null where it does not apply. */
  fleissKappa: EstimateWithInterval | null
  /** Cohen's kappa, where two people gave all the answers; null where it does not apply. */
  cohenKappa: EstimateWithInterval | null
  /** Gwet's AC1 over the labels that somebody used in the set (at least two). Cases with a single answer tell how frequent the categories are, as in Gwet (2008). */
  gwetAC1: EstimateWithInterval
}

export type AgreementRow = AgreementFigures & {
  /** `label` (value ''), `rule` and the rule's id, or a slice of the cases for the label. */
  by: string
  value: string
}

export type HumanCeiling = EstimateWithInterval & {
  /** Answers that were compared with the majority of the others on their case. */
  predictions: number
  cases: number
}

export type AgreementReport = {
  annotators: string[]
  /** Cases with at least one annotation. */
  annotatedCases: number
  rows: AgreementRow[]
  /** How well one annotator predicts the label that most of the others gave. Null: nobody shares a case. */
  humanCeiling: HumanCeiling | null
  /** Of the bootstrap. */
  seed: number
}

const defaultSeed = 20_261
/** Slices by a column with more values than this name cases rather than group them. */
const maximumSliceValues = 60
/** Slices by what is judged itself would be chosen by the answer. */
const judged: ReadonlySet<string> = new Set(['label', 'rule', 'severity', 'split'])

type Answer = { annotator: string; category: number }

/**
 * How far people agree: on the label over all cases and per slice, and on each rule that somebody answered. An annotator counts once a case,
 * the last time. Who did not answer a question is missing, never a "no". The same cases and seed give the same intervals.
 */
export function measureAgreement(input: { cases: readonly AnnotatedCase[]; labels: readonly string[]; seed?: number }): AgreementReport {
  const { cases, labels, seed = defaultSeed } = input
  const positions = new Map(labels.map((label, position) => [label, position]))
  const annotators = new Set<string>()
  const labelAnswers: Answer[][] = []
  const slices = new Map<string, Map<string, Answer[][]>>()
  const rules = new Map<string, Answer[][]>()
  let annotatedCases = 0
  for (const { annotations, slices: ofCase } of cases) {
    if (annotations.length === 0) continue
    annotatedCases += 1
    const last = new Map(annotations.map((annotation) => [annotation.annotator, annotation]))
    const answers: Answer[] = []
    const ruleAnswers = new Map<string, Answer[]>()
    for (const [annotator, annotation] of last) {
      annotators.add(annotator)
      const category = annotation.label === null ? undefined : positions.get(annotation.label)
      if (category !== undefined) answers.push({ annotator, category })
      for (const [rule, applies] of Object.entries(annotation.rules))
        listAt(ruleAnswers, rule).push({ annotator, category: applies ? 1 : 0 })
    }
    for (const [rule, given] of ruleAnswers) listAt(rules, rule).push(given)
    if (answers.length === 0) continue
    labelAnswers.push(answers)
    for (const { by, value } of ofCase) {
      if (judged.has(by)) continue
      const values = slices.get(by)
      if (values) listAt(values, value).push(answers)
      else slices.set(by, new Map([[value, [answers]]]))
    }
  }
  const rows: AgreementRow[] = []
  // A label of the scheme that nobody uses in the whole set is no category that people chose between.
  const used = Math.max(2, new Set(labelAnswers.flatMap(categoriesOf)).size)
  const add = (by: string, value: string, units: Answer[][], categories: number) => {
    if (units.some((answers) => answers.length >= 2))
      rows.push({ by, value, ...figuresOf(units, categories, by === 'rule' ? 2 : used, seed) })
  }
  add('label', '', labelAnswers, labels.length)
  for (const [rule, units] of sorted(rules)) add('rule', rule, units, 2)
  for (const [by, values] of sorted(slices))
    if (values.size <= maximumSliceValues) for (const [value, units] of sorted(values)) add(by, value, units, labels.length)
  return {
    annotators: [...annotators].sort(),
    annotatedCases,
    rows,
    humanCeiling: measureCeiling(
      labelAnswers.filter((answers) => answers.length >= 2),
      labels.length,
      seed,
    ),
    seed,
  }
}

/** `categories` are those that there are, `used` those that people chose between in the whole set. */
function figuresOf(units: readonly Answer[][], categories: number, used: number, seed: number): AgreementFigures {
  const rated = collectPatterns(units.map(categoriesOf), categories)
  const patterns = rated.filter(({ size }) => size >= 2)
  const shared = units.filter((answers) => answers.length >= 2)
  const pairs = pairsOfTwo(shared, categories)
  return {
    cases: shared.length,
    ratings: patterns.reduce((sum, { size, units: count }) => sum + size * count, 0),
    disagreeing: patterns.reduce((sum, { counts, size, units: count }) => sum + (Math.max(...counts) < size ? count : 0), 0),
    alpha: withInterval(patterns, nominalAlpha, seed),
    fleissKappa: new Set(patterns.map(({ size }) => size)).size === 1 ? withInterval(patterns, fleissKappaOf, seed) : null,
    cohenKappa: pairs && withInterval(pairs, (some, weights) => cohenKappaOfPairs(some, weights, categories), seed),
    gwetAC1: withInterval(rated, (some, weights) => firstCoefficient(some, weights, used), seed),
  }
}

const categoriesOf = (answers: readonly Answer[]) => answers.map(({ category }) => category)

/** Cases by what the one and the other said, where two people gave all the answers: `counts` has a one at `first × categories + second`. */
function pairsOfTwo(units: readonly Answer[][], categories: number): RatingPattern[] | null {
  const names = [...new Set(units.flatMap((answers) => answers.map(({ annotator }) => annotator)))].sort()
  if (names.length !== 2) return null
  const cells = units.map((answers) => {
    const [first = 0, second = 0] = names.map((name) => answers.find(({ annotator }) => annotator === name)?.category)
    return [first * categories + second]
  })
  return collectPatterns(cells, categories * categories)
}

function measureCeiling(units: readonly Answer[][], categories: number, seed: number): HumanCeiling | null {
  if (units.length === 0) return null
  const patterns = collectPatterns(units.map(categoriesOf), categories)
  const share = (some: readonly RatingPattern[], weights: ArrayLike<number>) => {
    const { hits, predictions } = ceilingOf(some, weights)
    return predictions === 0 ? null : hits / predictions
  }
  const { predictions } = ceilingOf(
    patterns,
    patterns.map(({ units: count }) => count),
  )
  return { ...withInterval(patterns, share, seed), predictions, cases: units.length }
}

function listAt<Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] {
  const known = map.get(key)
  if (known) return known
  const list: Value[] = []
  map.set(key, list)
  return list
}

const sorted = <Value>(map: ReadonlyMap<string, Value>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
