import type { ExpectedVerdict } from '../verdict/verdict'

/** What surrounded the content when it was posted. All of it is other people's text: as hostile as the content. */
export type CaseContext = {
  /** Parent messages, oldest first. */
  parents: string[]
  surface?: string
  /** What is known of the author, as one line of text. */
  author?: string
  /** BCP 47, e.g. `en-GB`. */
  locale?: string
}

export type MetaValue = string | number | boolean | null

/** One person's verdict on one case. */
export type Annotation = {
  annotator: string
  label: string | null
  rules: Record<string, boolean>
  severity?: string
  note?: string
}

/** One case of a golden set. `id` is unique within the set and is what two replays are joined by. */
export type GoldenCase = {
  id: string
  content: string
  context: CaseContext
  /** Null: unlabelled. */
  expected: ExpectedVerdict | null
  tags: string[]
  note?: string
  /** Zero tolerance: a regression here fails a gate, whatever the average. */
  mustPass: boolean
  split?: string
  meta: Record<string, MetaValue>
  annotations: Annotation[]
}

/** What a slice is cut by: `rule`, `tag`, `label`, `locale`, `surface`, `split`, or the name of a metadata column. */
export type SliceKey = string
