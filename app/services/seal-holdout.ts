import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { TouchstoneError } from '~/lib/errors'
import type { GoldenSetService, Workspace } from './workspace-api'

type Place = { slug: string; golden: string }
type Sealed = { head: number; ids: ReadonlySet<string> }

/**
 * The same use cases for a reader: cases of a sealed holdout are left out of every list and stream, and one by one refused, unless one of
 * `lookIds` is open for the golden set. What is counted over them (metrics, comparisons, health) counts them as ever. Whoever shows cases
 * gets a workspace from here; whoever works with them (replays, the gate) does not.
 */
export function sealHoldout(workspace: Workspace, lookIds: readonly string[] = []): Workspace {
  const { goldenSets, annotations, reviews, health, comparisons, replays, probes, contrasts, holdout } = workspace

  /** Null: nothing is sealed there for this reader. */
  const sealOf = async ({ slug, golden }: Place): Promise<Sealed | null> => {
    const sealed = await holdout.sealed(slug, golden)
    if (sealed.ids.size === 0) return null
    if (lookIds.length > 0 && (await holdout.state(slug, golden, lookIds)).open) return null
    return sealed
  }
  const sealOfReplay = async (replayId: string): Promise<Sealed | null> => {
    const { policySlug, goldenSet } = await replays.get(replayId)
    return sealOf({ slug: policySlug, golden: goldenSet })
  }
  const refuseSealed = async (place: Place, caseId: string): Promise<void> => {
    if ((await sealOf(place))?.ids.has(caseId)) throw sealedError(caseId)
  }
  const refuseSealedOfReplay = async (replayId: string, caseId: string): Promise<void> => {
    if ((await sealOfReplay(replayId))?.ids.has(caseId)) throw sealedError(caseId)
  }

  return {
    ...workspace,

    goldenSets: {
      ...goldenSets,
      async cases(slug, name, query) {
        const seal = await sealOf({ slug, golden: name })
        return goldenSets.cases(slug, name, seal ? { ...query, filter: { ...query.filter, sealedAt: seal.head } } : query)
      },
      async case(slug, name, caseId, revision) {
        await refuseSealed({ slug, golden: name }, caseId)
        return goldenSets.case(slug, name, caseId, revision)
      },
      async caseHistory(slug, name, caseId) {
        await refuseSealed({ slug, golden: name }, caseId)
        return goldenSets.caseHistory(slug, name, caseId)
      },
      async judgements(slug, name, caseId) {
        await refuseSealed({ slug, golden: name }, caseId)
        return goldenSets.judgements(slug, name, caseId)
      },
      async updateCase(slug, name, input) {
        await refuseSealed({ slug, golden: name }, input.case.id)
        return goldenSets.updateCase(slug, name, input)
      },
      async compareRevisions(slug, name, query) {
        const seal = await sealOf({ slug, golden: name })
        return goldenSets.compareRevisions(slug, name, seal ? { ...query, sealedAt: seal.head } : query)
      },
      async *stream(slug, name, revision) {
        const seal = await sealOf({ slug, golden: name })
        yield* withoutSealed(goldenSets.stream(slug, name, revision), seal)
      },
    } satisfies GoldenSetService,

    annotations: {
      async list(slug, name, caseId) {
        await refuseSealed({ slug, golden: name }, caseId)
        return annotations.list(slug, name, caseId)
      },
      async add(slug, name, input) {
        await refuseSealed({ slug, golden: name }, input.caseId)
        return annotations.add(slug, name, input)
      },
      async adjudicate(slug, name, input) {
        await refuseSealed({ slug, golden: name }, input.caseId)
        return annotations.adjudicate(slug, name, input)
      },
    },

    reviews: {
      ...reviews,
      async queue(replayId, query) {
        return reviews.queue(replayId, { ...query, sealed: (await sealOfReplay(replayId)) !== null })
      },
      async confirm(input) {
        await refuseSealedOfReplay(input.replayId, input.caseId)
        return reviews.confirm(input)
      },
      async overturn(input) {
        await refuseSealedOfReplay(input.replayId, input.caseId)
        return reviews.overturn(input)
      },
    },

    health: {
      ...health,
      async cases(slug, name, query) {
        return health.cases(slug, name, { ...query, sealed: (await sealOf({ slug, golden: name })) !== null })
      },
    },

    comparisons: {
      ...comparisons,
      async *streamCases(baseline, candidate, options) {
        const seal = await sealOfReplay(candidate)
        yield* withoutSealed(comparisons.streamCases(baseline, candidate, options), seal)
      },
      async flips(baseline, candidate, query) {
        const seal = await sealOfReplay(candidate)
        return comparisons.flips(baseline, candidate, seal ? { ...query, filter: { ...query.filter, sealedAt: seal.head } } : query)
      },
      async liveFlips(baseline, candidate, limit) {
        const seal = await sealOfReplay(candidate)
        const live = await comparisons.liveFlips(baseline, candidate, seal ? limit + seal.ids.size : limit)
        return seal ? { ...live, rows: live.rows.filter(({ id }) => !seal.ids.has(id)).slice(0, limit) } : live
      },
    },

    replays: {
      ...replays,
      async trials(replayId, query) {
        const seal = await sealOfReplay(replayId)
        return replays.trials(replayId, seal ? { ...query, sealedAt: seal.head } : query)
      },
      async answer(replayId, caseId, epoch) {
        await refuseSealedOfReplay(replayId, caseId)
        return replays.answer(replayId, caseId, epoch)
      },
    },

    probes: {
      ...probes,
      async cases(runId, query) {
        const { policySlug, goldenSet } = await probes.get(runId)
        const seal = await sealOf({ slug: policySlug, golden: goldenSet })
        return probes.cases(runId, seal ? { ...query, sealedAt: seal.head } : query)
      },
      async *variants(slug, name, ...rest) {
        const seal = await sealOf({ slug, golden: name })
        for await (const entry of probes.variants(slug, name, ...rest)) if (!seal?.ids.has(entry.parent.id)) yield entry
      },
    },

    contrasts: {
      ...contrasts,
      async propose(slug, name, input) {
        await refuseSealed({ slug, golden: name }, input.caseId)
        return contrasts.propose(slug, name, input)
      },
      async list(slug, query) {
        const pairs = await contrasts.list(slug, query)
        const seals = new Map<string, Sealed | null>()
        for (const name of new Set(pairs.map(({ goldenSet }) => goldenSet))) seals.set(name, await sealOf({ slug, golden: name }))
        return pairs.filter(({ goldenSet, parentId }) => !seals.get(goldenSet)?.ids.has(parentId))
      },
    },
  }
}

async function* withoutSealed<T extends Pick<GoldenCase, 'id'>>(cases: AsyncIterable<T>, seal: Sealed | null): AsyncGenerator<T> {
  for await (const entry of cases) if (!seal?.ids.has(entry.id)) yield entry
}

function sealedError(caseId: string): TouchstoneError {
  return new TouchstoneError(
    'sealed',
    `The case ${JSON.stringify(caseId)} is in the sealed holdout.`,
    'Whoever has to see it looks into the holdout and says why: the look is put on record.',
  )
}
