import { sealedSplit } from '~/domain/golden-set/holdout'
import { TouchstoneError } from '~/lib/errors'
import type { TouchstoneDatabase } from '~/storage/database'
import { HoldoutStore } from '~/storage/sqlite/holdout-store'
import type { HoldoutService } from './holdout-api'
import type { GoldenSetService } from './workspace-api'

const maximumReasonLength = 500

export function createHoldoutService({
  database,
  goldenSets,
  now,
}: {
  database: TouchstoneDatabase
  goldenSets: Pick<GoldenSetService, 'get' | 'facets'>
  now: () => number
}): HoldoutService {
  const store = new HoldoutStore(database)
  const known = new Map<string, { head: number; ids: ReadonlySet<string> }>()
  /** The counts of a revision are kept, so that a set without a holdout is not read through. */
  const countOf = async (slug: string, goldenName: string): Promise<number> => {
    const splits = (await goldenSets.facets(slug, goldenName)).find(({ by }) => by === 'split')
    return splits?.values.find(({ value }) => value === sealedSplit)?.count ?? 0
  }
  return {
    async state(slug, goldenName, lookIds = []) {
      const set = await goldenSets.get(slug, goldenName)
      return {
        cases: await countOf(slug, goldenName),
        looks: store.list(set.id),
        open: lookIds.length > 0 ? store.findOpen(set.id, lookIds, now()) : null,
      }
    },

    async look(slug, goldenName, { author, reason, what, durationMs = 0 }) {
      const words = reason.trim()
      if (words === '')
        throw new TouchstoneError('invalid-input', 'A look into the holdout needs a reason.', 'Say in a few words what you need to see.')
      if (words.length > maximumReasonLength)
        throw new TouchstoneError('invalid-input', `The reason is longer than ${maximumReasonLength} characters.`, 'Say it shorter.')
      const set = await goldenSets.get(slug, goldenName)
      if ((await countOf(slug, goldenName)) === 0)
        throw new TouchstoneError('invalid-input', `The golden set "${goldenName}" has no sealed holdout.`, 'All its cases are open.')
      const createdAt = now()
      return store.add(set.id, { revision: set.head, author, reason: words, what, createdAt, openUntil: createdAt + durationMs })
    },

    async close(lookIds) {
      await store.close(lookIds, now())
    },

    async sealed(slug, goldenName) {
      const set = await goldenSets.get(slug, goldenName)
      const remembered = known.get(set.id)
      if (remembered?.head === set.head) return remembered
      const ids = (await countOf(slug, goldenName)) > 0 ? store.sealedIds(set.id) : new Set<string>()
      const sealed = { head: set.head, ids }
      known.set(set.id, sealed)
      return sealed
    },
  }
}
