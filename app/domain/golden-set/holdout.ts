import type { SplitName } from './splits'

/** The split whose cases nobody sees one by one unless they look deliberately: what nobody tuned a prompt to still measures it. */
export const sealedSplit = 'holdout' satisfies SplitName

/** How long the cases of a holdout stay open to who looked. */
export const lookDurationMs = 30 * 60_000

/** Somebody looked into the holdout: who, when, why, and at what. Times are milliseconds since the epoch. */
export type HoldoutLook = {
  id: string
  /** The newest revision at that time. */
  revision: number
  author: string
  reason: string
  /** What was looked at, in words. */
  what: string
  createdAt: number
  /** Until when the cases are shown to who holds the id; `createdAt` where the look was over at once. */
  openUntil: number
}

/** The holdout of a golden set: how many cases it seals, who looked (newest first), and the look that keeps it open to who asks. */
export type HoldoutState = { cases: number; looks: HoldoutLook[]; open: HoldoutLook | null }

/** What a page says of a holdout: how many cases it seals, and until when it is open to the reader (null: it is not). */
export type SealedCases = { cases: number; openUntil: number | null }
