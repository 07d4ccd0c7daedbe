export type GateResult = 'pass' | 'fail' | 'inconclusive'

/** One condition and what it was judged on. `evidence` holds the figures in words; `reason` says why it did not pass. */
export type GateConditionResult = { name: string; result: GateResult; evidence: string; reason: string | null }
export type GateEvaluation = { result: GateResult; conditions: GateConditionResult[] }

export const condition = (name: string, result: GateResult, evidence: string, reason: string | null = null): GateConditionResult => ({
  name,
  result,
  evidence,
  reason: result === 'pass' ? null : reason,
})

export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
