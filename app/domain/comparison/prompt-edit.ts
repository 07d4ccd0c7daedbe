/** A part of a line; `changed` is what the other side has not. */
export type LinePart = { text: string; changed: boolean }
export type EditLine = { kind: 'same' | 'removed' | 'added'; parts: LinePart[] }

/** One place where two prompts differ, with the rules that stand there and what became of their cases. */
export type PromptEdit = {
  /** Its first line in the candidate's text, and in the baseline's. */
  line: number
  baselineLine: number
  rules: string[]
  lines: EditLine[]
  /** Lines of the edit that are not among `lines`, since there are so many. */
  linesLeftOut: number
  /** Flips of cases labelled with one of the rules; null where no rule stands there. */
  flips: { regressed: number; fixed: number } | null
}

/** All edits between two prompts. `rest` are the flips of cases with none of the edited rules. */
export type PromptEdits = { edits: PromptEdit[]; editsLeftOut: number; rest: { regressed: number; fixed: number } }
