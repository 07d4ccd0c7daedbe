import { createOutcomeCodec } from '../metrics/outcome-codec'
import { createRuleAccumulator } from '../metrics/rule-metrics'
import { computeSideMetrics, ratio } from '../metrics/side-metrics'
import type { ErrorCost } from '../policy/policy'
import { positiveLabel } from '../policy/verdict-scheme'
import type { VerdictScheme } from '../policy/verdict-scheme'
import { clusteredStandardError, designEffect, precisionAtPrevalence, twoSidedZ } from '../statistics'
import type { ClusterComparison, Comparison, ComparisonSide, FlipKind, MustPassComparison, UnscoredComparison } from './comparison'
import { createCostAccumulator } from './cost'
import { casesToSettle, decideVerdict, estimateDifference, testDifference } from './decide-verdict'
import { createEpochAccumulator } from './epochs'
import { createMacroF1Accumulator } from './macro-f1'
import {
  boundRegressions,
  comparePairedShares,
  correctOf,
  compareWithRest,
  createEnforcementAccumulator,
  describeFlipRates,
  describePower,
} from './evidence'
import { classifyFlip, createHarmRank, isScored } from './flips'
import type { JudgedSide } from './flips'
import { createRevisionAccumulator, type AcrossRevisions } from './revisions'
import { createRulePairAccumulator } from './rule-pairs'
import { createLeakAccumulator, type QuotedBy } from './leaked'
import { nameSides, writeSentence } from './sentence'
import { PairCounters, finishSlices } from './slices'
import type { SliceCounters } from './slices'
import { writeWarnings } from './warnings'

/** What is known of a side besides its cases. */
export type SideFacts = Pick<
  ComparisonSide,
  | 'replay'
  | 'costUsd'
  | 'latencyMs'
  | 'promptVersion'
  | 'promptHash'
  | 'goldenRevision'
  | 'model'
  | 'withoutContext'
  | 'providerModels'
  | 'systemFingerprints'
>

export type ComparisonSetup = {
  scheme: VerdictScheme
  baseline: SideFacts
  candidate: SideFacts
  /** Largest loss of accuracy that is still "not worse", 0 < margin < 1. Default 0.02. */
  margin?: number
  /** Of all intervals; α is 1 − confidence. Default 0.95. */
  confidence?: number
  /** What to slice by; default: every `by` that cases bring. */
  by?: readonly string[]
  errorCosts?: readonly ErrorCost[]
  productionPrevalence?: number | null
  /** Macro-F1 of both sides with its bootstrap interval: some ten milliseconds of work, whatever the number of cases. */
  withMacroF1?: boolean
  /** Cases that a prompt quotes count like any other. By default they are in no figure but zero tolerance, and counted apart. */
  countLeaked?: boolean
  /** Nobody looked for near duplicates. */
  clustersUnknown?: boolean
  /** The sides are over different golden sets, whose revision numbers say nothing of each other. */
  differentSets?: boolean
  /** Set when cases carry `noise`: the replay of the same version that it comes from, and what was seen there. */
  noise?: { replay: string; flips: number; n: number }
  /** Seed of the bootstrap. Default 1. */
  seed?: number
  /** What is known to be wrong with the sides before any case is looked at; stands first among the warnings. */
  warnings?: readonly string[]
}

export type CaseToCompare = {
  caseId: string
  /** Null: the case is not in the revision that this side pins. */
  baseline: JudgedSide | null
  candidate: JudgedSide | null
  facets?: ReadonlyArray<{ by: string; value: string }>
  /** Slices by handle, from `sliceHandle`: cheaper than `facets` where the same ones come by the thousand. */
  slices?: ArrayLike<number>
  mustPass?: boolean
  /** The case also flips when the same version is replayed again. */
  noise?: boolean
  /** The content is another in the two revisions: it is another case, though of the same id. */
  rewritten?: boolean
  /** Which sides' prompts quote the case; absent where none does. */
  quotedBy?: QuotedBy
  /** Cases that are near duplicates of one another share it. */
  cluster?: string
}

/** `revisions`: where the sides pin different ones and both have the case. */
export type CountedCase = { flip: FlipKind; harm: number; revisions?: AcrossRevisions | null }

export type ComparisonBuilder = {
  /** A handle for `slices`; −1 when this is not sliced by. */
  sliceHandle(by: string, value: string): number
  /** Counts one case and says what became of it, and how bad that is: 0 is the worst. Null for a case that is on neither side. */
  add(input: CaseToCompare): CountedCase | null
  finish(): Comparison
}

/** A column with more values than this is an id rather than a group. Where nobody asked for the column, fewer are enough to say so. */
const mostValues = { asked: 500, unasked: 50 }

/** Throws RangeError naming the value. */
export function checkComparisonOptions({ margin, confidence }: { margin: number; confidence: number }): void {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`the margin must be above 0 and below 1 (0.02 is 2 points), not ${margin}`)
  if (!(confidence >= 0.5 && confidence < 1)) throw new RangeError(`the confidence must be at least 0.5 and below 1, not ${confidence}`)
}

/**
 * Compares two replays case by case in one pass, in memory that grows with the slices and not with the cases. Cases are joined by id by
 * whoever calls `add`, each once; the order does not matter to any figure.
 */
export function createComparison(setup: ComparisonSetup): ComparisonBuilder {
  const { scheme, margin = 0.02, confidence = 0.95, countLeaked = false } = setup
  checkComparisonOptions({ margin, confidence })
  const codec = createOutcomeCodec(scheme)
  const harmOf = createHarmRank(scheme)
  const all = new PairCounters(codec)
  const rules = { baseline: createRuleAccumulator(), candidate: createRuleAccumulator() }
  const pairs = createRulePairAccumulator(
    scheme.rules.map((rule) => rule.id),
    confidence,
  )
  const cost = setup.errorCosts?.length ? createCostAccumulator(setup.errorCosts, setup.seed ?? 1) : null
  const macroF1 = setup.withMacroF1 ? createMacroF1Accumulator(scheme, setup.seed ?? 1) : null
  const mustPass: MustPassComparison = { total: 0, fixed: 0, regressed: 0, stillWrong: 0, unscored: 0 }
  /** Of them those that a prompt quotes: they say nothing of other cases. */
  const quotedMustPass: MustPassComparison = { ...mustPass }
  const onBothSides = { n: 0, baselineUnscored: 0, candidateUnscored: 0, onlyBaseline: 0, onlyCandidate: 0 }
  const epochs = createEpochAccumulator()
  const enforcement = createEnforcementAccumulator(positiveLabel(scheme))
  const noiseFlips = { fixed: 0, regressed: 0 }
  const leaked = createLeakAccumulator()
  const pinned = { baseline: setup.baseline.goldenRevision, candidate: setup.candidate.goldenRevision }
  const revisions = pinned.baseline === pinned.candidate && !setup.differentSets ? null : createRevisionAccumulator()
  const clustered: { differences: number[]; clusters: string[] } = { differences: [], clusters: [] }

  const slices: SliceCounters[] = []
  const handles = new Map<string, Map<string, number>>()
  const skippedColumns = new Set<string>()
  const wanted = setup.by ? new Set(setup.by) : null

  function sliceHandle(by: string, value: string): number {
    if (wanted && !wanted.has(by)) return -1
    let values = handles.get(by)
    if (!values) handles.set(by, (values = new Map()))
    const known = values.get(value)
    if (known !== undefined) return known
    if (values.size >= (wanted ? mostValues.asked : mostValues.unasked)) {
      skippedColumns.add(by)
      return -1
    }
    slices.push({ by, value, counters: new PairCounters(codec) })
    values.set(value, slices.length - 1)
    return slices.length - 1
  }

  function countBothSides(baseline: JudgedSide, candidate: JudgedSide): void {
    if (baseline.outcome === 'unlabelled' || candidate.outcome === 'unlabelled') return
    const [before, after] = [isScored(baseline.outcome), isScored(candidate.outcome)]
    onBothSides.n++
    if (!before) onBothSides.baselineUnscored++
    if (!after) onBothSides.candidateUnscored++
    if (!before && after) onBothSides.onlyBaseline++
    if (before && !after) onBothSides.onlyCandidate++
  }

  function add(input: CaseToCompare): CountedCase | null {
    const { baseline, candidate } = input
    const became = input.rewritten && baseline && candidate ? 'relabelled' : classifyFlip(baseline, candidate)
    if (became === null) return null
    if (input.mustPass && baseline && candidate) {
      mustPass.total++
      if (input.quotedBy) quotedMustPass.total++
      if (became === 'fixed' || became === 'regressed' || became === 'stillWrong' || became === 'unscored') {
        mustPass[became]++
        if (input.quotedBy) quotedMustPass[became]++
      }
    }
    if (input.quotedBy) leaked.add(input.quotedBy, became, baseline, candidate)
    const isLeftOut = input.quotedBy !== undefined && !countLeaked
    const flip = isLeftOut ? 'leaked' : became
    const harm = harmOf(flip, candidate ?? baseline, input.mustPass ?? false)
    const baselineCode = baseline && !isLeftOut ? codec.encode(baseline) : -1
    const candidateCode = candidate && !isLeftOut ? codec.encode(candidate) : -1
    const baselineWrongRule = !isLeftOut && baseline?.outcome === 'correct' && baseline.ruleOutcome === 'wrong'
    const candidateWrongRule = !isLeftOut && candidate?.outcome === 'correct' && candidate.ruleOutcome === 'wrong'
    all.add(flip, baselineCode, candidateCode, baselineWrongRule, candidateWrongRule)
    const count = (handle: number) => {
      slices[handle]?.counters.add(flip, baselineCode, candidateCode, baselineWrongRule, candidateWrongRule)
    }
    if (input.slices) for (let index = 0; index < input.slices.length; index++) count(input.slices[index] ?? -1)
    if (input.facets) for (const { by, value } of input.facets) count(sliceHandle(by, value))

    if (isLeftOut) return { flip, harm }
    const across = revisions?.add(baseline, candidate, input.rewritten ?? false) ?? null
    if (baseline) rules.baseline.add(baseline)
    if (candidate) rules.candidate.add(candidate)
    if (baseline && candidate) {
      if (flip !== 'relabelled') countBothSides(baseline, candidate)
      if (flip !== 'relabelled' && (baseline.epochs || candidate.epochs)) epochs.add(input.caseId, baseline, candidate, input.cluster)
      if (!input.rewritten) pairs.add(baseline, candidate)
      if (flip === 'fixed' || flip === 'regressed' || flip === 'stillRight' || flip === 'stillWrong') {
        if (candidate.expected && baseline.verdict && candidate.verdict) {
          const [before, after] = [baseline.verdict.label, candidate.verdict.label]
          cost?.add(candidate.expected, before, after)
          if (candidate.expected.label !== null) macroF1?.add(candidate.expected.label, before, after)
        }
        enforcement.add(baseline, candidate)
        if (input.cluster !== undefined) {
          clustered.differences.push(flip === 'fixed' ? 1 : flip === 'regressed' ? -1 : 0)
          clustered.clusters.push(input.cluster)
        }
      }
    }
    if (input.noise && (flip === 'fixed' || flip === 'regressed')) noiseFlips[flip]++
    return { flip, harm, revisions: across }
  }

  function finish(): Comparison {
    const side = (facts: SideFacts, counts: Uint32Array, perRule: ReturnType<typeof createRuleAccumulator>): ComparisonSide => ({
      ...computeSideMetrics(counts, codec, scheme, confidence),
      perRule: perRule.metrics(),
      ...facts,
    })
    const baseline = side(setup.baseline, all.baseline, rules.baseline)
    const candidate = side(setup.candidate, all.candidate, rules.candidate)
    const { flips, compared: n } = all
    const counts = { fixed: flips.fixed, regressed: flips.regressed, n }
    const difference = estimateDifference(counts, confidence)
    const verdict = decideVerdict(counts, margin, confidence)
    const moreCasesNeeded = verdict === 'inconclusive' ? casesToSettle(counts, margin, confidence) : null
    const names = nameSides(baseline, candidate)
    const unscored: UnscoredComparison = {
      baseline: ratio(onBothSides.baselineUnscored, onBothSides.n),
      candidate: ratio(onBothSides.candidateUnscored, onBothSides.n),
      onlyBaseline: onBothSides.onlyBaseline,
      onlyCandidate: onBothSides.onlyCandidate,
      pValue: testDifference({ fixed: onBothSides.onlyBaseline, regressed: onBothSides.onlyCandidate, n: onBothSides.n }).value,
      difference: comparePairedShares(
        {
          both: onBothSides.baselineUnscored - onBothSides.onlyBaseline,
          onlyCandidate: onBothSides.onlyCandidate,
          onlyBaseline: onBothSides.onlyBaseline,
          neither: onBothSides.n - onBothSides.baselineUnscored - onBothSides.onlyCandidate,
        },
        confidence,
      ).difference,
    }
    const rulePairs = pairs.finish()
    const acrossRevisions = revisions?.finish(pinned, margin, confidence)
    const clusters = finishClusters(clustered, confidence)
    const prevalence = setup.productionPrevalence ?? null
    const epochComparison = epochs.finish(confidence)
    const power = verdict === 'inconclusive' ? describePower(counts, margin, confidence) : undefined
    const candidateTotals = { correct: correctOf(candidate), n: candidate.n }
    const leaks = leaked.finish(
      { ...counts, baseline: { correct: correctOf(baseline), n: baseline.n }, candidate: candidateTotals },
      { counted: countLeaked, margin, confidence },
    )
    return {
      schema: 'touchstone.comparison/1',
      n,
      baseline,
      candidate,
      flips,
      difference,
      pValue: testDifference(counts),
      verdict,
      margin,
      moreCasesNeeded,
      sentence: writeSentence({
        names,
        verdict,
        n,
        fixed: flips.fixed,
        regressed: flips.regressed,
        difference,
        margin,
        moreCasesNeeded,
        mustPassRegressed: mustPass.regressed,
        ...(leaks ? { leaked: leaks } : {}),
      }),
      warnings: [
        ...(setup.warnings ?? []),
        ...writeWarnings({
          baseline,
          candidate,
          flips,
          n,
          unscored,
          alpha: 1 - confidence,
          skippedColumns: wanted ? [...skippedColumns] : [],
          emptyColumns: [...(wanted ?? [])].filter((by) => !handles.has(by)),
          verdict,
          rewritten: acrossRevisions?.rewritten ?? 0,
          clusters,
        }),
      ],
      slices: finishSlices(
        slices.filter((slice) => !skippedColumns.has(slice.by)),
        codec,
        scheme,
        confidence,
      ).map((slice) => Object.assign(slice, { versusRest: compareWithRest(slice, candidateTotals, confidence) })),
      names,
      ...(rulePairs ? { rulePairs } : {}),
      mustPass: {
        ...mustPass,
        regressedAtMost: boundRegressions(
          mustPass.regressed - quotedMustPass.regressed,
          mustPass.total - mustPass.unscored - (quotedMustPass.total - quotedMustPass.unscored),
          confidence,
        ),
      },
      ...(leaks ? { leaked: leaks } : {}),
      ...(acrossRevisions ? { revisions: acrossRevisions } : {}),
      unscored,
      enforcement: enforcement.finish(confidence),
      flipRates: describeFlipRates(flips),
      ...(power ? { power } : {}),
      ...(epochComparison ? { epochs: epochComparison } : {}),
      ...(cost ? { cost: cost.finish(confidence) } : {}),
      ...(macroF1 ? { macroF1: macroF1.finish(confidence) } : {}),
      ...(setup.noise
        ? {
            noise: {
              ...setup.noise,
              rate: ratio(setup.noise.flips, setup.noise.n),
              fixedByNoise: noiseFlips.fixed,
              regressedByNoise: noiseFlips.regressed,
            },
          }
        : {}),
      ...(clusters ? { clusters } : setup.clustersUnknown ? { clusters: null } : {}),
      ...(prevalence === null
        ? {}
        : {
            precisionAtPrevalence: {
              prevalence,
              baseline: restatePrecision(baseline, prevalence),
              candidate: restatePrecision(candidate, prevalence),
            },
          }),
    }
  }

  return { sliceHandle, add, finish }
}

/** Precision at a prevalence other than the golden set's, from the side's recall and rate of false alarms. */
function restatePrecision(side: ComparisonSide, prevalence: number): number | null {
  if (side.recall === null || side.overEnforcement === null) return null
  return precisionAtPrevalence({ tpr: side.recall, fpr: side.overEnforcement, prevalence }).precision
}

/** Undefined when no two cases are of one cluster: the plain interval holds then. */
function finishClusters(
  { differences, clusters }: { differences: number[]; clusters: string[] },
  confidence: number,
): ClusterComparison | undefined {
  const distinct = new Set(clusters).size
  if (distinct === differences.length) return undefined
  const { mean, seCR1 } = clusteredStandardError({ scores: differences, clusters })
  const { deff } = designEffect({ scores: differences, clusters })
  const half = seCR1 === null ? null : twoSidedZ(confidence) * seCR1
  return {
    clusters: distinct,
    designEffect: deff,
    standardError: seCR1,
    lower: mean === null || half === null ? null : mean - half,
    upper: mean === null || half === null ? null : mean + half,
  }
}
