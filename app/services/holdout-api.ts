import type { HoldoutLook, HoldoutState } from '../domain/golden-set/holdout'

/** The sealed holdout of each golden set, and who looked into it. */
export interface HoldoutService {
  /** `open` is the one of `lookIds` that is not over. */
  state(slug: string, goldenName: string, lookIds?: readonly string[]): Promise<HoldoutState>
  /**
   * Puts a look on record. It stays open for `durationMs` to who holds its id; without a duration it is of that moment, as an export is.
   * The reason is required. Throws invalid-input where nothing is sealed.
   */
  look(slug: string, goldenName: string, input: { author: string; reason: string; what: string; durationMs?: number }): Promise<HoldoutLook>
  /** Ends looks before their time. */
  close(lookIds: readonly string[]): Promise<void>
  /** Ids of the sealed cases, and the newest revision, which decides. */
  sealed(slug: string, goldenName: string): Promise<{ head: number; ids: ReadonlySet<string> }>
}
