/** What a model or a person said of one case. `rules` are the ids of all rules that the content breaks. */
export type Verdict = {
  label: string
  rules: string[]
  severity?: string
  /** 0 to 1. */
  confidence?: number
  rationale?: string
}

/**
 * A verdict that people settled on. `rules` maps a rule id to *applies* (true) or *does not apply* (false); a rule that is not a key is
 * unlabelled, never negative. `label` is null where only rules were labelled.
 */
export type ExpectedVerdict = {
  label: string | null
  rules: Record<string, boolean>
  severity?: string
}

/** Why a trial has no score. `refused`: the model declined. `contentFilter`: the provider's filter cut it. `truncated`: the answer ended at the token limit. */
export const unscoredReasons = ['refused', 'contentFilter', 'truncated', 'unparseable', 'error', 'unlabelled'] as const
export type UnscoredReason = (typeof unscoredReasons)[number]

/** The reasons that another answer may do away with. */
export const retriedReasons = ['refused', 'contentFilter', 'truncated', 'unparseable', 'error'] as const satisfies readonly UnscoredReason[]
export type RetriedReason = (typeof retriedReasons)[number]

export const outcomes = ['correct', 'wrong', ...unscoredReasons] as const
export type Outcome = (typeof outcomes)[number]

/** Of a right label with labelled rules: whether the rules are right too. Null where the label is wrong or no rule is labelled. */
export type RuleOutcome = 'right' | 'wrong' | null

export type UnscoredCounts = Record<UnscoredReason, number>

/** The reading of a model's answer: a verdict, or the stated reason why there is none. */
export type AnswerReading =
  { status: 'verdict'; verdict: Verdict } | { status: 'unscored'; reason: Exclude<UnscoredReason, 'unlabelled' | 'error'>; detail: string }
