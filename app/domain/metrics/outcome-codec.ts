import type { VerdictScheme } from '../policy/verdict-scheme'
import { unscoredReasons } from '../verdict/verdict'
import type { ExpectedVerdict, Outcome, RuleOutcome, Verdict } from '../verdict/verdict'

/** What is counted of one case on one side. `verdict` is null when there is none to count. */
export type Judged = {
  expected: ExpectedVerdict | null
  verdict: Pick<Verdict, 'label' | 'rules'> | null
  outcome: Outcome
  ruleOutcome: RuleOutcome
}

/**
 * Turns a judged case into one small number, so that a case is looked at once and then counted in the whole and in each of its slices by
 * one array increment. Codes below `stride²` are cells of the confusion matrix; then the unscored reasons; the last counter is for a right
 * label with a wrong rule, which is counted besides the cell.
 */
export type OutcomeCodec = {
  /** Labels by index; the scheme's first, then those that only cases name. */
  readonly labels: readonly string[]
  readonly stride: number
  readonly size: number
  readonly wrongRuleCode: number
  encode(judged: Judged): number
}

/** Labels that cases may name and the scheme does not, before a codec refuses. */
const spareLabels = 6

export function increment(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1
}

export function createOutcomeCodec(scheme: VerdictScheme): OutcomeCodec {
  const labels = scheme.labels.map((label) => label.id)
  const indexes = new Map(labels.map((label, index) => [label, index]))
  const stride = labels.length + spareLabels
  const unscoredCodes = new Map<Outcome, number>(unscoredReasons.map((reason, index) => [reason, stride * stride + index]))
  const indexOf = (label: string): number => {
    const known = indexes.get(label)
    if (known !== undefined) return known
    if (labels.length === stride)
      throw new RangeError(`the cases name more than ${spareLabels} labels that the verdict scheme lacks, among them "${label}"`)
    labels.push(label)
    indexes.set(label, labels.length - 1)
    return labels.length - 1
  }
  return {
    labels,
    stride,
    size: stride * stride + unscoredReasons.length + 1,
    wrongRuleCode: stride * stride + unscoredReasons.length,
    encode({ expected, verdict, outcome }) {
      const code = unscoredCodes.get(outcome)
      if (code !== undefined) return code
      if (expected === null || expected.label === null || verdict === null)
        throw new RangeError(`a case with the outcome "${outcome}" must have an expected label and a verdict`)
      return indexOf(expected.label) * stride + indexOf(verdict.label)
    },
  }
}
