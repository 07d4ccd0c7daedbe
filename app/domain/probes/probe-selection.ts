import { z } from 'zod'
import { createRandom } from '../statistics/random'
import { transformNames } from './transforms'

/** Which cases of a golden set are probed, and how. Kept with the run, so that the same probes can be made again. */
export const probeSelectionSchema = z.object({
  /** These cases; null: by `limit`. */
  caseIds: z.array(z.string().min(1)).min(1).nullable(),
  /** So many cases, drawn with the seed; null: all. */
  limit: z.number().int().min(1).nullable(),
  seed: z.number().int().min(0).max(0xffffffff),
  transforms: z.array(z.enum(transformNames)).min(1),
})
export type ProbeSelection = z.infer<typeof probeSelectionSchema>

/** The order of transforms and cases makes no other selection. */
export function canonicalSelection(selection: ProbeSelection): ProbeSelection {
  const wanted = new Set(selection.transforms)
  const { caseIds } = selection
  return {
    caseIds: caseIds === null ? null : [...new Set(caseIds)].sort(),
    limit: caseIds === null ? selection.limit : null,
    seed: caseIds === null && selection.limit !== null ? selection.seed : 0,
    transforms: transformNames.filter((name) => wanted.has(name)),
  }
}

/** Ids in the order of the set → those that are probed, in the order of the set. The same seed draws the same cases from the same set. */
export function chooseParents(caseIds: readonly string[], selection: ProbeSelection): string[] {
  if (selection.caseIds) {
    const wanted = new Set(selection.caseIds)
    return caseIds.filter((id) => wanted.has(id))
  }
  if (selection.limit === null || selection.limit >= caseIds.length) return [...caseIds]
  const drawn = new Set(createRandom(selection.seed).shuffle(caseIds).slice(0, selection.limit))
  return caseIds.filter((id) => drawn.has(id))
}
