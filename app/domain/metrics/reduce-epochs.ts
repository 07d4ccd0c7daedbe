import type { Outcome, RuleOutcome, Verdict } from '../verdict/verdict'

export type EpochTrial = { outcome: Outcome; ruleOutcome: RuleOutcome; verdict: Verdict | null; detail: string | null }
export type ReducedTrial = EpochTrial & { epochs: number; scored: number; correct: number }

/** The value that occurs most often; of several, the one that came first. Null for none. */
function mostFrequent<T>(values: readonly T[]): { value: T } | null {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best: { value: T; count: number } | null = null
  for (const [value, count] of counts) if (best === null || count > best.count) best = { value, count }
  return best
}

const isScored = (trial: EpochTrial): boolean => trial.outcome === 'correct' || trial.outcome === 'wrong'

/**
 * The trials of one case over its epochs → one outcome. The majority of the scored trials; a tie is wrong, for a model that is right half
 * the time is not to be relied on; none scored: the most frequent reason. Verdict, detail and rule outcome are those of the first trial
 * with that outcome that says the most frequent thing. Throws RangeError on an empty list.
 */
export function reduceEpochs(trials: readonly EpochTrial[]): ReducedTrial {
  const first = trials[0]
  if (!first) throw new RangeError('a case must have at least one trial')
  const scored = trials.filter(isScored)
  const correct = scored.filter((trial) => trial.outcome === 'correct').length
  if (trials.length === 1) return { ...first, epochs: 1, scored: scored.length, correct }
  const majority: Outcome = correct * 2 > scored.length ? 'correct' : 'wrong'
  const outcome = scored.length === 0 ? (mostFrequent(trials.map((trial) => trial.outcome))?.value ?? first.outcome) : majority
  const alike = trials.filter((trial) => trial.outcome === outcome)
  const label = mostFrequent(alike.map((trial) => trial.verdict?.label))?.value
  const ruleOutcome = mostFrequent(alike.map((trial) => trial.ruleOutcome))?.value ?? null
  const saying = alike.filter((trial) => trial.verdict?.label === label)
  const speaker = saying.find((trial) => trial.ruleOutcome === ruleOutcome) ?? saying[0] ?? first
  return {
    outcome,
    ruleOutcome: speaker.ruleOutcome,
    verdict: speaker.verdict,
    detail: speaker.detail,
    epochs: trials.length,
    scored: scored.length,
    correct,
  }
}
