import type { Comparison } from '../domain/comparison/comparison'
import { evaluateGate, type GateFacts } from '../domain/gate/evaluate-gate'
import { slicesNeeded, type GateConditions } from '../domain/gate/gate-conditions'
import type { GateEvaluation } from '../domain/gate/gate-result'
import { worseOfBoth } from '../domain/gate/worse-of-both'
import type { Workspace } from './workspace-api'

/**
 * Compares two replays as a gate asks for it and judges its conditions: without the cases that a prompt quotes, and, where there are any,
 * with them too. The comparison is the one without.
 */
export async function judgeGate(
  workspace: Workspace,
  conditions: GateConditions,
  replays: { baseline: string; candidate: string },
  facts: GateFacts,
): Promise<{ comparison: Comparison; evaluation: GateEvaluation }> {
  const options = { margin: conditions.margin, confidence: 1 - conditions.alpha, by: slicesNeeded(conditions) }
  const comparison = await workspace.comparisons.compare(replays.baseline, replays.candidate, options)
  const without = evaluateGate(conditions, comparison, facts)
  if (!comparison.leaked) return { comparison, evaluation: without }
  const all = await workspace.comparisons.compare(replays.baseline, replays.candidate, { ...options, includeLeaked: true })
  return { comparison, evaluation: worseOfBoth(without, evaluateGate(conditions, all, facts), comparison.leaked.n) }
}
