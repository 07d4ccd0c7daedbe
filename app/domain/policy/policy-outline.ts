import type { LabelKind } from './verdict-scheme'

/** A heading and what stands under it. Lines count from 1; `endLine` is the last line of the section, its subsections included. */
export type PolicySection = { id: string; level: number; title: string; line: number; endLine: number }

type RuleException = { id: string; text: string; quotedPhrases: string[]; line: number }

export type PolicyExample = {
  text: string
  /** The verdict as the policy words it; null when it gives none. */
  label: string | null
  kind: LabelKind | null
  why: string
  ruleId?: string
  line: number
}

export type PolicyRule = {
  id: string
  title: string
  line: number
  endLine: number
  definition: string
  /** Phrases that the policy quotes as signs of the rule. */
  signals: string[]
  /** What the rule covers, point by point. */
  appliesTo: string[]
  exceptions: RuleException[]
  examples: PolicyExample[]
  /** The rule that this one is part of. */
  parentId?: string
  /** Whether content under this rule violates or is allowed (`SP0 – Non-Spam`). */
  kind: LabelKind
  /** False: the text gives no id, and this one was made from the title. */
  explicit: boolean
  /** Every stretch of lines that defines the rule; some policies define in one place and give criteria in another. */
  spans: Array<{ line: number; endLine: number; form: 'section' | 'item' | 'table' | 'half' }>
}

export type PolicyText = {
  title: string | null
  sections: PolicySection[]
  rules: PolicyRule[]
  /** Examples that belong to no single rule. */
  examples: PolicyExample[]
  quotedPhrases: Array<{ text: string; line: number; ruleId: string | null }>
  /** Words that the text uses for verdicts, where it says what to answer. */
  verdictMentions: Array<{ word: string; line: number }>
}
