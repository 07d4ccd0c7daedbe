import { errorCostSchema } from '~/domain/policy/policy'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import { findTwin, readPolicyToCompare, readReplayToCompare, type ReplayToCompare } from '~/storage/sqlite/comparison-source'
import type { QuotedCases } from '~/storage/sqlite/quoted-cases'
import type { PolicyFacts, ReplayPair } from './comparison-pass'
import type { ComparisonOptions } from './workspace-api'

/** Hexadecimal digits of a key, which stands in every row and index entry of the cases. */
export const keyLength = 24

export type PairOptions = Pick<ComparisonOptions, 'noise' | 'includeLeaked'>

/** Finds two replays and says why they cannot be compared, where they cannot. */
export function createPairReader({ raw }: Pick<TouchstoneDatabase, 'raw'>, quotedCases: QuotedCases) {
  function readPolicy(policyId: string): PolicyFacts {
    const row = readPolicyToCompare(raw, policyId)
    if (!row) throw new TouchstoneError('not-found', `There is no policy with the id ${JSON.stringify(policyId)}.`)
    return {
      scheme: verdictSchemeSchema.parse(JSON.parse(row.scheme)),
      errorCosts: errorCostSchema.array().parse(JSON.parse(row.errorCosts)),
      productionPrevalence: row.productionPrevalence,
    }
  }

  function readReplay(replayId: string): ReplayToCompare {
    const replay = readReplayToCompare(raw, replayId)
    if (!replay)
      throw new TouchstoneError('not-found', `There is no replay ${JSON.stringify(replayId)}.`, 'The replays page lists those there are.')
    return replay
  }

  /** The newest other replay of the candidate's version, else of the baseline's. */
  function findNoise(baseline: ReplayToCompare, candidate: ReplayToCompare): ReplayPair['twin'] {
    const ofCandidate = findTwin(raw, candidate, baseline.id)
    if (ofCandidate !== null) return { id: ofCandidate, of: 'candidate' }
    const ofBaseline = findTwin(raw, baseline, candidate.id)
    return ofBaseline === null ? null : { id: ofBaseline, of: 'baseline' }
  }

  function chooseNoise(noiseId: string, baseline: ReplayToCompare, candidate: ReplayToCompare): ReplayPair['twin'] {
    const again = readReplay(noiseId)
    const isAgain = (side: ReplayToCompare) =>
      (['promptHash', 'goldenSetId', 'goldenRevision', 'modelHash', 'epochs'] as const).every((name) => side[name] === again[name])
    const of = isAgain(baseline) ? 'baseline' : isAgain(candidate) ? 'candidate' : null
    if (of === null || again.id === baseline.id || again.id === candidate.id)
      throw new TouchstoneError(
        'not-comparable',
        `The replay ${again.id} is no second replay of either side: noise is what changes when the same version is replayed again over the same revision with the same model.`,
        'Replay the baseline once more with --new --refresh, and name that replay.',
      )
    if (again.done === 0)
      throw new TouchstoneError(
        'unfinished',
        `The replay ${again.id} has no results yet (it is ${again.status}).`,
        'Let it run, then compare again.',
      )
    return { id: again.id, of }
  }

  async function readPair(baselineId: string, candidateId: string, options: PairOptions = {}): Promise<ReplayPair> {
    const [baseline, candidate] = [readReplay(baselineId), readReplay(candidateId)]
    const policy = readPolicy(candidate.policyId)
    if (baseline.policyId !== candidate.policyId) checkSchemes(readPolicy(baseline.policyId).scheme, policy.scheme)
    for (const [name, replay] of Object.entries({ baseline, candidate }))
      if (replay.done === 0)
        throw new TouchstoneError(
          'unfinished',
          `The ${name} replay ${replay.id} has no results yet (it is ${replay.status}).`,
          'Let it run, then compare again.',
        )
    const twin = options.noise === undefined ? findNoise(baseline, candidate) : chooseNoise(options.noise, baseline, candidate)
    const sides = [baseline, candidate]
    const quoted = {
      baseline: await quotedCases.quotedByAny([baseline], sides),
      candidate: await quotedCases.quotedByAny([candidate], sides),
    }
    const countLeaked = (options.includeLeaked ?? false) && quoted.baseline.size + quoted.candidate.size > 0
    const stateOf = ({ id, resultsVersion, done }: ReplayToCompare) => [id, resultsVersion, done]
    const pairKey = hashText(JSON.stringify(['comparison-cases/4', stateOf(baseline), stateOf(candidate), twin, policy.scheme])).slice(
      0,
      keyLength,
    )
    return { baseline, candidate, policy, twin, quoted, countLeaked, pairKey, casesKey: countLeaked ? `${pairKey}+` : pairKey }
  }

  return { readPolicy, readReplay, readPair }
}

/** Throws not-comparable for schemes with different labels. */
export function checkSchemes(baseline: VerdictScheme, candidate: VerdictScheme): void {
  const labelsOf = (scheme: VerdictScheme) =>
    scheme.labels
      .map((label) => label.id)
      .sort()
      .join(', ')
  const [before, after] = [labelsOf(baseline), labelsOf(candidate)]
  if (before !== after)
    throw new TouchstoneError(
      'not-comparable',
      `The replays have different verdict schemes: the baseline's labels are ${before}, the candidate's ${after}.`,
      'Compare replays of one policy.',
    )
}
