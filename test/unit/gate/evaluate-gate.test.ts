import { describe, expect, it } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import type { SideFacts } from '~/domain/comparison/compare'
import type { JudgedSide } from '~/domain/comparison/flips'
import { evaluateGate } from '~/domain/gate/evaluate-gate'
import type { GateFacts } from '~/domain/gate/evaluate-gate'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { Outcome } from '~/domain/verdict/verdict'

const facts: GateFacts = { missing: { baseline: 0, candidate: 0 }, golden: { baselineHash: 'aaaaaaaa', candidateHash: 'aaaaaaaa' } }
const side = (version: number, over: Partial<SideFacts> = {}): SideFacts => ({
  replay: `r${version}`,
  costUsd: 1,
  latencyMs: { p50: 100, p95: 900 },
  promptVersion: version,
  promptHash: '0'.repeat(64),
  goldenRevision: 1,
  model: 'openai:m',
  providerModels: [],
  ...over,
})
const judged = (expected: string, said: string | null, why: Outcome = 'refused'): JudgedSide => ({
  expected: { label: expected, rules: {} },
  verdict: said === null ? null : { label: said, rules: [] },
  outcome: (said === null ? why : said === expected ? 'correct' : 'wrong') as Outcome,
  ruleOutcome: null,
})
type Row = {
  count: number
  expected?: string
  before: string | null
  after: string | null
  why?: Outcome
  tag?: string
  mustPass?: boolean
}

function judge(
  gate: unknown,
  rows: Row[],
  over: { facts?: Partial<GateFacts>; baseline?: Partial<SideFacts>; candidate?: Partial<SideFacts> } = {},
) {
  const comparison = createComparison({
    scheme: defaultVerdictScheme,
    baseline: side(1, over.baseline),
    candidate: side(2, over.candidate),
  })
  rows.forEach(({ count, expected = 'violates', before, after, why, tag, mustPass }, row) => {
    for (let index = 0; index < count; index++)
      comparison.add({
        caseId: `${row}-${index}`,
        baseline: judged(expected, before, why),
        candidate: judged(expected, after, why),
        facets: tag ? [{ by: 'tag', value: tag }] : [],
        mustPass,
      })
  })
  return evaluateGate(gateConditionsSchema.parse(gate), comparison.finish(), { ...facts, ...over.facts })
}
const calm: Row[] = [
  { count: 300, before: 'violates', after: 'violates' },
  { count: 100, expected: 'allowed', before: 'allowed', after: 'allowed' },
]
const notPassed = (evaluation: ReturnType<typeof judge>) =>
  evaluation.conditions.filter((entry) => entry.result !== 'pass').map(({ name, result }) => [name, result])

describe('evaluateGate', () => {
  it('passes when everything holds, each condition with its evidence and without a reason', () => {
    const evaluation = judge(
      { maxUnscored: 0.01, maxCostUsd: 5, maxLatencyMs: { p95: 1000 }, overall: { recall: 0.9, on: 'lower-bound', kappa: 0.5 } },
      calm,
    )
    expect(evaluation.result).toBe('pass')
    expect(evaluation.conditions.map((entry) => entry.name)).toEqual([
      'results',
      'golden set',
      'not worse by 2 points',
      'recall',
      'kappa',
      'unscored, baseline',
      'unscored, candidate',
      'cost of both sides',
      'latency p95',
    ])
    for (const entry of evaluation.conditions) expect([entry.reason, entry.evidence === '']).toEqual([null, false])
  })

  it.each<[string, unknown, Row[], Parameters<typeof judge>[2], string, string, string]>([
    [
      'a worse candidate',
      {},
      [...calm, { count: 40, before: 'violates', after: 'allowed' }],
      {},
      'fail',
      'not worse by 2 points',
      'the candidate is worse than the baseline',
    ],
    [
      'too little evidence',
      {},
      [{ count: 30, before: 'violates', after: 'violates' }],
      {},
      'inconclusive',
      'not worse by 2 points',
      'noise',
    ],
    ['nothing to compare', {}, [], {}, 'inconclusive', 'not worse by 2 points', 'no case has a score on both sides'],
    ['better required, not shown', { require: 'better' }, calm, {}, 'inconclusive', 'better than the baseline', 'not shown to be better'],
    [
      'a marked case regressed',
      {},
      [...calm, { count: 1, before: 'violates', after: 'allowed', mustPass: true }],
      {},
      'fail',
      'mustPass',
      '1 zero-tolerance case regressed',
    ],
    [
      'a marked case without a score',
      {},
      [...calm, { count: 1, before: 'violates', after: null, mustPass: true }],
      {},
      'inconclusive',
      'mustPass',
      'have no score',
    ],
    [
      'a tagged case regressed',
      { mustPass: { tag: 'never' } },
      [...calm, { count: 1, before: 'violates', after: 'allowed', tag: 'never' }],
      {},
      'fail',
      'mustPass: tag never',
      'regressed',
    ],
    ['no tagged case', { mustPass: { tag: 'never' } }, calm, {}, 'inconclusive', 'mustPass: tag never', 'no case is held'],
    [
      'any regression where all must pass',
      { mustPass: { all: true } },
      [...calm, { count: 1, before: 'violates', after: 'allowed' }],
      {},
      'fail',
      'mustPass: all',
      'regressed',
    ],
    [
      'a case without a score where all must pass',
      { mustPass: { all: true } },
      [...calm, { count: 1, before: 'violates', after: null }],
      {},
      'inconclusive',
      'mustPass: all',
      'have no score',
    ],
    [
      'many refusals that no ceiling is set on',
      {},
      [...calm, { count: 12, before: 'violates', after: null }],
      {},
      'inconclusive',
      'unscored',
      'leaves more cases without a score',
    ],
    [
      'errors that no ceiling is set on',
      {},
      [...calm, { count: 1, before: 'violates', after: null, why: 'error' }],
      {},
      'inconclusive',
      'answers',
      'results are missing',
    ],
    [
      'a slice below its floor',
      { slices: [{ by: 'tag', recall: 0.9 }] },
      [...calm, { count: 5, before: 'allowed', after: 'allowed', tag: 'irony' }],
      {},
      'fail',
      'tag irony: recall',
      '0.0% is below 90.0%',
    ],
    [
      'a slice without cases',
      { slices: [{ by: 'tag', value: 'gone', recall: 0.1 }] },
      calm,
      {},
      'inconclusive',
      'tag gone: cases',
      'no case is in the slice',
    ],
    [
      'a slice without violations',
      { slices: [{ by: 'tag', recall: 0.1 }] },
      [...calm, { count: 5, expected: 'allowed', before: 'allowed', after: 'allowed', tag: 'plain' }],
      {},
      'inconclusive',
      'tag plain: recall',
      'no scored case',
    ],
    [
      'a slice too small for its lower bound',
      { slices: [{ by: 'tag', recall: 0.9, on: 'lower-bound' }] },
      [...calm, { count: 14, before: 'violates', after: 'violates', tag: 'few' }],
      {},
      'inconclusive',
      'tag few: recall',
      'too few cases',
    ],
    [
      'a slice that lost too much',
      { slices: [{ by: 'tag', margin: 0.05 }] },
      [
        ...calm,
        { count: 400, before: 'violates', after: 'violates' },
        { count: 6, before: 'violates', after: 'allowed', tag: 'lost' },
        { count: 4, before: 'violates', after: 'violates', tag: 'lost' },
      ],
      {},
      'fail',
      'tag lost: not worse by 5 points',
      'worse by more than the margin',
    ],
    [
      'a slice too small for its margin',
      { slices: [{ by: 'tag', margin: 0.05 }] },
      [...calm, { count: 20, before: 'violates', after: 'violates', tag: 'few' }],
      {},
      'inconclusive',
      'tag few: not worse by 5 points',
      'too few cases',
    ],
    [
      'an overall floor',
      { overall: { accuracy: 0.99 } },
      [...calm, { count: 20, before: 'allowed', after: 'allowed' }],
      {},
      'fail',
      'accuracy',
      'below 99.0%',
    ],
    [
      'an overall figure that is not defined',
      { overall: { mcc: 0.1 } },
      [{ count: 400, before: 'violates', after: 'violates' }],
      {},
      'inconclusive',
      'mcc',
      'not defined',
    ],
    [
      'too many unscored',
      { maxUnscored: 0.01 },
      [...calm, { count: 10, before: 'violates', after: null }],
      {},
      'fail',
      'unscored, candidate',
      '2.4% is above 1.0%',
    ],
    [
      'too much enforcement',
      { maxOverEnforcement: 0.1 },
      [...calm, { count: 20, expected: 'allowed', before: 'violates', after: 'violates' }],
      {},
      'fail',
      'over-enforcement',
      'above',
    ],
    [
      'too little enforcement',
      { maxUnderEnforcement: 0.01 },
      [...calm, { count: 20, before: 'allowed', after: 'allowed' }],
      {},
      'fail',
      'under-enforcement',
      'above',
    ],
    ['too dear', { maxCostUsd: 1.5 }, calm, {}, 'fail', 'cost of both sides', '$2.00 is above $1.50'],
    [
      'a price that is not known',
      { maxCostUsd: 1.5 },
      calm,
      { candidate: { costUsd: null } },
      'inconclusive',
      'cost of both sides',
      'not known',
    ],
    ['too slow', { maxLatencyMs: { p50: 50 } }, calm, {}, 'fail', 'latency p50', '100 ms is above 50 ms'],
    [
      'never timed',
      { maxLatencyMs: { p95: 50 } },
      calm,
      { candidate: { latencyMs: { p50: null, p95: null } } },
      'inconclusive',
      'latency p95',
      'timed',
    ],
    ['missing results', {}, calm, { facts: { missing: { baseline: 0, candidate: 3 } } }, 'inconclusive', 'results', 'results are missing'],
    ['another revision', {}, calm, { candidate: { goldenRevision: 2 } }, 'inconclusive', 'golden set', 'different revisions'],
    [
      'another content under the same number',
      {},
      calm,
      { facts: { golden: { baselineHash: 'aaaaaaaa', candidateHash: 'bbbbbbbb' } } },
      'inconclusive',
      'golden set',
      'different revisions',
    ],
    [
      'another golden set than the suite is about',
      {},
      calm,
      { facts: { golden: { baselineHash: 'aaaaaaaa', candidateHash: 'aaaaaaaa', expectedHash: 'cccccccc' } } },
      'inconclusive',
      'golden set',
      'which this is not',
    ],
  ])('does not pass %s', (_, gate, rows, over, result, name, reason) => {
    const evaluation = judge(gate, rows, over)
    expect(evaluation.result).toBe(result)
    expect(notPassed(evaluation)).toContainEqual([name, result])
    expect(evaluation.conditions.find((entry) => entry.name === name)?.reason).toContain(reason)
  })

  it('fails when one condition fails, however many are inconclusive', () => {
    expect(judge({ maxCostUsd: 1 }, []).result).toBe('fail')
  })

  it('uses its own margin and level, not those of the comparison', () => {
    const loss: Row[] = [
      { count: 960, before: 'violates', after: 'violates' },
      { count: 40, before: 'violates', after: 'allowed' },
    ]
    expect(judge({ margin: 0.02 }, loss).result).toBe('fail')
    expect(judge({ margin: 0.1 }, loss).result).toBe('pass')
  })

  it('passes a pinned golden set by the first characters of its hash', () => {
    expect(
      judge({}, calm, { facts: { golden: { baselineHash: 'abcdef0123', candidateHash: 'abcdef0123', expectedHash: 'abcdef01' } } }).result,
    ).toBe('pass')
  })
})
