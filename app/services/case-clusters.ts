import { findDuplicates } from '~/domain/golden-set/duplicates'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import { readCaseTexts, type ReplayToCompare } from '~/storage/sqlite/comparison-source'
import { findClusters, keepClusters } from '~/storage/sqlite/kept-clusters'

const rememberedRevisions = 8
/** Near duplicates are looked for in sets of up to so many cases; from the second figure on by MinHash, which takes a fraction of a second. */
const clusteredCases = 5_000
const comparedPairwise = 500

/** Case id → cluster, for cases that are near duplicates of another. */
export type Clusters = ReadonlyMap<string, string>
export type ClusterReader = (replay: ReplayToCompare) => Promise<Clusters | null>

/** Finds the clusters of the revision that a replay pins; null for a set too large to look. Remembered, for a revision never changes, and kept. */
export function createClusterReader({ raw, writeLock }: Pick<TouchstoneDatabase, 'raw' | 'writeLock'>): ClusterReader {
  const known = new Map<string, Clusters | null>()

  async function read(replay: ReplayToCompare): Promise<Clusters | null> {
    const texts = readCaseTexts(raw, replay, clusteredCases)
    if (texts === null) return null
    // A revision that changes labels or notes has the clusters of the one before.
    const hash = hashText(JSON.stringify(texts))
    const kept = findClusters(raw, replay.goldenSetId, hash)
    if (kept) return toMap(kept)
    const cases = texts.map(({ id, text }) => ({ id, content: text, parents: [], expected: null }))
    const clusters = findDuplicates(cases, { pairwiseBelow: comparedPairwise }).map(({ caseIds }) => caseIds)
    // Of a few cases they are found as soon as they are read.
    if (texts.length >= comparedPairwise) await writeLock.run(() => keepClusters(raw, replay.goldenSetId, hash, clusters))
    return toMap(clusters)
  }

  return async (replay) => {
    const key = `${replay.goldenSetId}@${replay.goldenRevision}`
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const clusters = await read(replay)
    known.set(key, clusters)
    for (const oldest of [...known.keys()].slice(0, -rememberedRevisions)) known.delete(oldest)
    return clusters
  }
}

const toMap = (clusters: string[][]): Clusters =>
  new Map(clusters.flatMap((caseIds, index) => caseIds.map((id) => [id, `cluster ${index}`] as const)))
