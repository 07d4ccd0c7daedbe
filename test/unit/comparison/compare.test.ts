import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flipKinds } from '~/domain/comparison/comparison'
import type { FlipKind } from '~/domain/comparison/comparison'
import { createComparison } from '~/domain/comparison/compare'
import type { CaseToCompare, ComparisonSetup, SideFacts } from '~/domain/comparison/compare'
import type { JudgedSide } from '~/domain/comparison/flips'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { ExpectedVerdict, UnscoredReason } from '~/domain/verdict/verdict'
import { known } from '../../support/known'

const scheme: VerdictScheme = { ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H2' }], severities: ['low', 'high'] }
const facts = (version: number, over: Partial<SideFacts> = {}): SideFacts => ({
  replay: `replay-${version}`,
  costUsd: 1,
  latencyMs: { p50: 10, p95: 20 },
  promptVersion: version,
  promptHash: `hash${version}`.padEnd(64, '0'),
  goldenRevision: 1,
  model: 'openai:gpt-5-mini',
  providerModels: ['gpt-5-mini-2026-01-01'],
  ...over,
})
const setup = (over: Partial<ComparisonSetup> = {}): ComparisonSetup => ({ scheme, baseline: facts(7), candidate: facts(8), ...over })

const violating: ExpectedVerdict = { label: 'violates', rules: {} }
const allowed: ExpectedVerdict = { label: 'allowed', rules: {} }
function says(
  expected: ExpectedVerdict | null,
  label: string | null,
  rules: string[] = [],
  reason: Exclude<UnscoredReason, 'unlabelled' | 'error'> = 'refused',
): JudgedSide {
  const verdict = label === null ? null : { label, rules }
  return {
    expected,
    verdict,
    ...judgeOutcome({ expected, reading: verdict ? { status: 'verdict', verdict } : { status: 'unscored', reason, detail: 'x' } }),
  }
}
const right = says(violating, 'violates')
const wrong = says(violating, 'allowed')
const unscored = says(violating, null)

/** Cases of a comparison from how many of each kind there are. */
function casesOf(counts: Partial<Record<FlipKind, number>>, over: Partial<CaseToCompare> = {}): CaseToCompare[] {
  const sides: Record<FlipKind, [JudgedSide | null, JudgedSide | null]> = {
    fixed: [wrong, right],
    regressed: [right, wrong],
    stillRight: [right, right],
    stillWrong: [wrong, wrong],
    unscored: [right, unscored],
    added: [null, right],
    removed: [wrong, null],
    relabelled: [right, says(allowed, 'allowed')],
    leaked: [wrong, right],
  }
  return flipKinds.flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, index) => ({
      caseId: `${kind}-${index}`,
      baseline: sides[kind][0],
      candidate: sides[kind][1],
      ...(kind === 'leaked' ? { quotedBy: { baseline: false, candidate: true } } : {}),
      ...over,
    })),
  )
}
function compare(cases: readonly CaseToCompare[], over: Partial<ComparisonSetup> = {}) {
  const comparison = createComparison(setup(over))
  for (const entry of cases) comparison.add(entry)
  return comparison.finish()
}

describe('counts', () => {
  it('puts every case in one bucket and compares those scored on both sides', () => {
    const counts = { fixed: 1, regressed: 2, stillRight: 3, stillWrong: 4, unscored: 5, added: 6, removed: 7, relabelled: 8 }
    const comparison = compare(casesOf(counts))
    expect(comparison.flips).toEqual(counts)
    expect(comparison.n).toBe(10)
    expect(comparison.difference.estimate).toBeCloseTo(-0.1, 12)
    // Each side's own figures are over its own scored cases.
    expect(comparison.baseline).toMatchObject({ n: 1 + 2 + 3 + 4 + 5 + 7 + 8 })
    expect(comparison.candidate).toMatchObject({ n: 1 + 2 + 3 + 4 + 6 + 8, unscored: { refused: 5 } })
  })

  it('takes a change of any part of the expected verdict for relabelled, and no change of order', () => {
    const flip = (before: ExpectedVerdict | null, after: ExpectedVerdict | null) =>
      createComparison(setup()).add({ caseId: 'a', baseline: says(before, 'violates'), candidate: says(after, 'violates') })?.flip
    expect(flip({ label: 'violates', rules: { H1: true, H2: false } }, { label: 'violates', rules: { H2: false, H1: true } })).toBe(
      'stillRight',
    )
    expect(flip({ label: 'violates', rules: { H1: true } }, violating)).toBe('relabelled')
    expect(flip({ ...violating, severity: 'low' }, { ...violating, severity: 'high' })).toBe('relabelled')
    expect(flip(null, violating)).toBe('relabelled')
    expect(flip(null, null)).toBe('unscored')
  })

  it('ignores a case that is on neither side', () => {
    expect(createComparison(setup()).add({ caseId: 'a', baseline: null, candidate: null })).toBeNull()
  })

  it('has no figure that is NaN, and null where nothing was compared', () => {
    const comparison = compare([])
    expect(comparison).toMatchObject({
      n: 0,
      verdict: 'inconclusive',
      moreCasesNeeded: null,
      difference: { estimate: null, lower: null, upper: null },
      pValue: { value: null },
    })
    expect(comparison.sentence).toBe('v8 and v7 cannot be compared: no case has a score on both sides.')
    expect(JSON.stringify(compare(casesOf({ added: 1 })))).not.toMatch(/NaN|Infinity/)
  })
})

describe('the verdict and its sentence', () => {
  it.each([
    [
      'better',
      { fixed: 41, regressed: 6, stillRight: 300, stillWrong: 25 },
      'v8 is better than v7: 41 fixed, 6 regressed, +9.4 points, 95% CI +6.1 to +13.2.',
    ],
    [
      'worse',
      { fixed: 415, regressed: 526, stillRight: 1829, stillWrong: 958 },
      'v8 is worse than v7: 415 fixed, 526 regressed, −3.0 points, 95% CI −4.6 to −1.4.',
    ],
    [
      'not-worse',
      { fixed: 14, regressed: 13, stillRight: 1973 },
      'v8 is not worse than v7 by the margin of 2 points: 14 fixed, 13 regressed, +0.1 points, 95% CI −0.5 to +0.6.',
    ],
    [
      'not-worse',
      { fixed: 5, regressed: 25, stillRight: 2970 },
      'v8 is slightly worse than v7, but within the margin of 2 points: 5 fixed, 25 regressed, −0.7 points, 95% CI −1.1 to −0.3.',
    ],
    [
      'not-worse',
      { stillRight: 1000 },
      'v8 is not worse than v7 by the margin of 2 points: no case changed in 1,000, 0.0 points, 95% CI −0.4 to +0.4.',
    ],
    [
      'inconclusive',
      { fixed: 2, stillRight: 28 },
      'Cannot tell yet whether v8 is better than v7: 2 fixed, 0 regressed, +6.7 points, 95% CI −5.4 to +21.3; about 110 more cases would settle it.',
    ],
  ] as const)('%s: %j', (verdict, counts, sentence) => {
    const comparison = compare(casesOf(counts))
    expect([comparison.verdict, comparison.sentence]).toEqual([verdict, sentence])
    expect(comparison.moreCasesNeeded === null).toBe(verdict !== 'inconclusive')
  })

  it('does not take few flips for certainty, though the interval leaves out 0', () => {
    const comparison = compare(casesOf({ fixed: 4, stillRight: 26 }))
    expect(comparison.difference.lower).toBeGreaterThan(0)
    expect(comparison.pValue.value).toBeCloseTo(0.125, 10)
    expect(comparison.verdict).toBe('not-worse')
    expect(compare(casesOf({ regressed: 4, stillRight: 26 })).verdict).toBe('inconclusive')
    expect(compare(casesOf({ fixed: 5 })).verdict).toBe('inconclusive')
    expect(compare(casesOf({ stillRight: 14 }))).toMatchObject({ verdict: 'inconclusive', warnings: ['Only 14 cases were compared.'] })
  })

  it('uses the exact test under 25 flips and mid-p from there', () => {
    expect(compare(casesOf({ fixed: 12, regressed: 12 })).pValue.method).toBe('exact McNemar')
    expect(compare(casesOf({ fixed: 13, regressed: 12 })).pValue.method).toBe('mid-p McNemar')
  })

  it('is one of four states; a significant loss is worse or within the margin, a gain never worse, and swapping the sides mirrors it', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(2_000), fc.constantFrom(0.005, 0.02, 0.1), (fixed, regressed, stillRight, margin) => {
        const forward = compare(casesOf({ fixed, regressed, stillRight }), { margin })
        const mirrored = compare(casesOf({ fixed: regressed, regressed: fixed, stillRight }), { margin })
        if (forward.n === 0) return
        const [lower, upper, p] = [known(forward.difference.lower), known(forward.difference.upper), known(forward.pValue.value)]
        const { verdict, moreCasesNeeded } = forward
        const follows = (given: boolean, then: boolean) => expect(!given || then).toBe(true)
        expect(-known(mirrored.difference.upper)).toBeCloseTo(lower, 8)
        follows(regressed > fixed && p < 0.05, verdict === 'worse' || (verdict === 'not-worse' && lower > -margin))
        follows(fixed >= regressed, verdict !== 'worse')
        follows(verdict === 'better', lower > 0 && p < 0.05)
        follows(verdict === 'not-worse', lower > -margin)
        follows(verdict === 'worse', mirrored.verdict === 'better' || upper >= 0)
        follows(moreCasesNeeded !== null, Number.isInteger(moreCasesNeeded) && Number(moreCasesNeeded) > 0)
        expect(forward.sentence).not.toMatch(/NaN|undefined|null| -\d/)
      }),
      { numRuns: 200 },
    )
  }, 30_000)

  it('refuses margins and confidences outside their range, naming the value', () => {
    for (const margin of [0, -0.1, 1, NaN]) expect(() => createComparison(setup({ margin }))).toThrow(String(margin))
    for (const confidence of [0, 0.2, 1, 95]) expect(() => createComparison(setup({ confidence }))).toThrow(String(confidence))
  })

  it('names the sides by what sets them apart', () => {
    const names = (baseline: Partial<SideFacts>, candidate: Partial<SideFacts>) =>
      compare([], { baseline: facts(1, baseline), candidate: facts(1, candidate) }).names
    expect(names({}, { promptVersion: null })).toEqual({ baseline: 'v1', candidate: 'the text hash10000000' })
    expect(names({}, { model: 'openai:b' })).toEqual({ baseline: 'v1 with openai:gpt-5-mini', candidate: 'v1 with openai:b' })
    expect(names({}, {})).toEqual({ baseline: 'the first replay of v1', candidate: 'the second' })
  })

  it('adds zero-tolerance regressions, which no average excuses', () => {
    const comparison = compare([
      ...casesOf({ fixed: 60, stillRight: 300 }),
      ...casesOf({ regressed: 1, stillRight: 2 }, { mustPass: true }),
    ])
    expect(comparison.mustPass).toMatchObject({ total: 3, fixed: 0, regressed: 1, stillWrong: 0, unscored: 0 })
    expect(comparison.sentence).toMatch(/^v8 is better than v7: .* 1 zero-tolerance case regressed\.$/)
  })
})

describe('slices', () => {
  const cases = [
    ...casesOf({ regressed: 20, stillRight: 30 }, { facets: [{ by: 'tag', value: 'sarcasm' }] }),
    ...casesOf({ fixed: 20, stillRight: 30 }, { facets: [{ by: 'tag', value: 'negation' }] }),
    ...casesOf(
      { stillRight: 50 },
      {
        facets: [
          { by: 'tag', value: 'plain' },
          { by: 'locale', value: 'en' },
        ],
      },
    ),
    ...casesOf({ unscored: 2 }, { facets: [{ by: 'tag', value: 'refused' }] }),
  ]

  it('have both sides, difference, adjusted p and the smallest shift, the most harmful first', () => {
    const { slices } = compare(cases)
    expect(slices.map(({ by, value, n }) => [by, value, n])).toEqual([
      ['tag', 'sarcasm', 50],
      ['locale', 'en', 50],
      ['tag', 'plain', 50],
      ['tag', 'negation', 50],
      ['tag', 'refused', 0],
    ])
    expect(slices[0]).toMatchObject({
      baseline: { accuracy: 1, n: 50 },
      candidate: { accuracy: 0.6 },
      flips: { regressed: 20, stillRight: 30 },
      difference: { estimate: -0.4 },
    })
    const [worst] = slices
    expect(known(worst?.pAdjusted)).toBeGreaterThan(known(worst?.pValue))
    expect(worst?.smallestDetectableShift).toBeGreaterThan(0)
    expect(slices[4]).toMatchObject({ pValue: null, pAdjusted: null, difference: { estimate: null }, smallestDetectableShift: null })
  })

  it('are cut only by what was asked for, by facet or by handle alike', () => {
    expect(compare(cases, { by: ['locale'] }).slices.map((slice) => slice.by)).toEqual(['locale'])
    const comparison = createComparison(setup())
    const handle = comparison.sliceHandle('tag', 'a')
    comparison.add({ caseId: '1', baseline: right, candidate: wrong, slices: [handle] })
    comparison.add({ caseId: '2', baseline: right, candidate: right, facets: [{ by: 'tag', value: 'a' }] })
    expect(comparison.finish().slices).toMatchObject([{ by: 'tag', value: 'a', n: 2, flips: { regressed: 1, stillRight: 1 } }])
  })

  it('leave out a column that has a value for every case, and say so where it was asked for', () => {
    const cases = Array.from({ length: 600 }, (_, index) => ({
      caseId: `${index}`,
      baseline: right,
      candidate: right,
      facets: [{ by: 'row', value: `${index}` }],
    }))
    expect(compare(cases)).toMatchObject({ slices: [], warnings: [] })
    expect(compare(cases, { by: ['row'] })).toMatchObject({ slices: [], warnings: ['Not sliced by row: too many different values.'] })
  })

  it('say when nothing has what was asked for', () => {
    expect(compare(cases, { by: ['tag', 'nonsense'] }).warnings).toEqual(['Not sliced by nonsense: no case has a value for it.'])
  })

  it('add up to the whole where they part the cases', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...flipKinds)), { maxLength: 80 }), (rows) => {
        const comparison = compare(rows.flatMap(([value, kind]) => casesOf({ [kind]: 1 }, { facets: [{ by: 'tag', value }] })))
        for (const kind of flipKinds)
          expect(comparison.slices.reduce((sum, slice) => sum + (slice.flips[kind] ?? 0), 0)).toBe(comparison.flips[kind] ?? 0)
        expect(comparison.slices.reduce((sum, slice) => sum + slice.n, 0)).toBe(comparison.n)
      }),
    )
  })
})

describe('cases that a prompt quotes', () => {
  const others = casesOf({ fixed: 3, regressed: 9, stillRight: 60, stillWrong: 8 })
  const quoted = casesOf({ leaked: 12 })

  it('are in no figure of the headline, which says so and what it would be with them', () => {
    const { leaked, sentence, flips, ...comparison } = compare([...others, ...quoted])
    const { sentence: plain, flips: plainFlips, ...without } = compare(others)
    expect(comparison).toEqual(without)
    expect(flips).toEqual({ ...plainFlips, leaked: 12 })
    const counted = compare([...others, ...quoted], { countLeaked: true })
    expect(leaked).toMatchObject({ n: 12, quotedByBaseline: 0, quotedByCandidate: 12, counted: false, flips: { fixed: 12, regressed: 0 } })
    expect(leaked?.with).toEqual({
      n: 92,
      fixed: 15,
      regressed: 9,
      baselineAccuracy: counted.baseline.accuracy,
      candidateAccuracy: counted.candidate.accuracy,
      difference: counted.difference,
      pValue: counted.pValue.value,
      verdict: counted.verdict,
    })
    expect(sentence).toBe(
      `${plain} 12 cases are quoted in a prompt and left out; with them: 15 fixed, 9 regressed of 92, +6.5 points, inconclusive.`,
    )
    expect(counted.leaked?.without).toMatchObject({ n: 80, fixed: 3, regressed: 9, difference: without.difference })
    expect(counted.sentence).toContain('12 cases are quoted in a prompt and counted all the same; without them: 3 fixed, 9 regressed of 80')
  })

  it('count where zero tolerance is asked of them', () => {
    const { mustPass, flips, verdict } = compare([
      ...casesOf({ stillRight: 30 }, { mustPass: true }),
      { ...casesOf({ regressed: 1 })[0]!, mustPass: true, quotedBy: { baseline: true, candidate: false } },
    ])
    expect(mustPass).toMatchObject({ total: 31, regressed: 1 })
    // The bound on other cases is of the 30 that were not quoted.
    expect(mustPass?.regressedAtMost).toBeCloseTo(0.1157, 4)
    expect([flips.regressed, verdict]).toEqual([0, 'inconclusive'])
  })

  it('say nothing when there are none, and that nothing is left when there are no others', () => {
    expect(compare(others).leaked).toBeUndefined()
    expect(compare(quoted)).toMatchObject({ n: 0, verdict: 'inconclusive', difference: { estimate: null } })
    expect(compare(quoted).sentence).toMatch(/^v8 and v7 cannot be compared: no other case has a score on both sides\. 12 cases are quoted/)
  })
})

describe('harm', () => {
  it('ranks zero tolerance, then severity, then missed before overdone, then the other kinds', () => {
    const grave = { ...violating, severity: 'high' }
    const mild = { ...violating, severity: 'low' }
    const comparison = createComparison(setup())
    const cases: Array<[string, CaseToCompare]> = [
      ['zero tolerance', { caseId: '', baseline: right, candidate: wrong, mustPass: true }],
      ['grave', { caseId: '', baseline: says(grave, 'violates'), candidate: says(grave, 'allowed') }],
      ['mild', { caseId: '', baseline: says(mild, 'violates'), candidate: says(mild, 'allowed') }],
      ['missed', { caseId: '', baseline: right, candidate: wrong }],
      ['overdone', { caseId: '', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'violates') }],
      ['other', { caseId: '', baseline: right, candidate: says(violating, 'violates') }],
    ]
    cases.pop()
    const ranks = cases.map(([, entry]) => comparison.add(entry)?.harm ?? -1)
    const rest = (['fixed', 'stillWrong', 'unscored', 'relabelled', 'added', 'removed', 'stillRight'] as const).map(
      (kind) => comparison.add(known(casesOf({ [kind]: 1 })[0]))?.harm ?? -1,
    )
    const all = [...ranks, ...rest]
    expect(all).toEqual(all.toSorted((a, b) => a - b))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('rules', () => {
  it('are counted by (case, rule) pair; what nobody labelled is unlabelled', () => {
    const expected: ExpectedVerdict = { label: 'violates', rules: { H1: true } }
    const { rulePairs } = compare([
      { caseId: '1', baseline: says(expected, 'violates'), candidate: says(expected, 'violates', ['H1']) },
      { caseId: '2', baseline: says(expected, 'violates', ['H1']), candidate: says(expected, 'violates', ['H1', 'H2']) },
      { caseId: '3', baseline: says(expected, 'violates', ['H1']), candidate: says(expected, null) },
      { caseId: '4', baseline: says(null, 'violates', ['H1']), candidate: says(null, 'violates') },
    ])
    expect(rulePairs).toMatchObject({ fixed: 1, regressed: 0, stillRight: 1, stillWrong: 0, unscored: 1, unlabelled: 5, n: 2 })
    expect(rulePairs?.perRule.map(({ rule, n, unlabelled }) => [rule, n, unlabelled])).toEqual([
      ['H1', 2, 1],
      ['H2', 0, 4],
    ])
  })

  it('are left out where no pair is labelled', () => {
    expect(compare(casesOf({ fixed: 1 })).rulePairs).toBeUndefined()
  })
})

describe('what must be known before believing it', () => {
  const warn = (baseline: Partial<SideFacts>, candidate: Partial<SideFacts>, cases = casesOf({ stillRight: 100 })) =>
    compare(cases, { baseline: facts(7, baseline), candidate: facts(8, candidate) }).warnings

  it('is silent when there is nothing', () => expect(warn({}, {})).toEqual([]))
  it('says that revisions differ and what was left out', () => {
    expect(warn({ goldenRevision: 4 }, { goldenRevision: 5 }, casesOf({ stillRight: 30, added: 2, removed: 1, relabelled: 3 }))[0]).toBe(
      'The replays pin revisions 4 and 5 of the golden set. Compared are the 30 cases that both have with the same expected verdict; left out: 3 relabelled, 2 added, 1 removed.',
    )
  })
  it('says that the provider changed the model', () => {
    expect(warn({}, { providerModels: ['gpt-5-mini-2026-06-01'] })[0]).toMatch(
      /gpt-5-mini-2026-01-01 for the baseline and gpt-5-mini-2026-06-01/,
    )
    expect(warn({}, { providerModels: ['gpt-5-mini-2026-01-01', 'x'] }).at(-1)).toMatch(/during the candidate/)
  })
  it('says that the models differ, and that a rehearsal is none', () => {
    expect(warn({ model: 'openai:a' }, {})[0]).toMatch(/different models/)
    expect(warn({ model: 'touchstone:rehearsal' }, { model: 'touchstone:rehearsal' })[0]).toMatch(/rehearsal classifier/)
  })
  it('says that the share without a score differs', () => {
    const comparison = compare(casesOf({ stillRight: 90, unscored: 10 }))
    expect(comparison.unscored).toMatchObject({ baseline: 0, candidate: 0.1, onlyCandidate: 10 })
    expect(comparison.warnings[0]).toBe(
      'The share of cases without a score differs: 0.0% in the baseline, 10.0% in the candidate. Accuracy is about the scored cases only.',
    )
    expect(compare(casesOf({ stillRight: 90, unscored: 3 })).warnings).toEqual([])
  })
})

describe('beside accuracy', () => {
  it('restates precision at the prevalence of production', () => {
    const cases = [
      ...casesOf({ stillRight: 90, stillWrong: 10 }),
      ...Array.from({ length: 100 }, (_, index) => ({
        caseId: `a${index}`,
        baseline: says(allowed, index < 1 ? 'violates' : 'allowed'),
        candidate: says(allowed, 'allowed'),
      })),
    ]
    const { precisionAtPrevalence } = compare(cases, { productionPrevalence: 0.01 })
    expect(precisionAtPrevalence?.prevalence).toBe(0.01)
    expect(precisionAtPrevalence?.baseline).toBeCloseTo((0.9 * 0.01) / (0.9 * 0.01 + 0.01 * 0.99), 12)
    expect(precisionAtPrevalence?.candidate).toBe(1)
  })

  it('marks flips that are noise', () => {
    const comparison = compare([...casesOf({ fixed: 3, regressed: 2 }, { noise: true }), ...casesOf({ fixed: 5, stillRight: 20 })], {
      noise: { replay: 'again', flips: 5, n: 50 },
    })
    expect(comparison.noise).toEqual({ replay: 'again', flips: 5, n: 50, rate: 0.1, fixedByNoise: 3, regressedByNoise: 2 })
  })

  it('weighs errors: missing a grave violation is dearer than a spoiled joke', () => {
    const grave = { ...violating, severity: 'high' }
    const errorCosts = [
      { expected: 'violates', predicted: 'allowed', cost: 5 },
      { expected: 'violates', predicted: 'allowed', severity: 'high', cost: 25 },
      { expected: 'allowed', predicted: 'violates', cost: 4 },
    ]
    const { cost } = compare(
      [
        { caseId: '1', baseline: says(grave, 'allowed'), candidate: says(grave, 'violates') },
        { caseId: '2', baseline: says(violating, 'violates'), candidate: says(violating, 'allowed') },
        { caseId: '3', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'violates') },
        { caseId: '4', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'escalate') },
      ],
      { errorCosts },
    )
    expect(cost).toMatchObject({ n: 4, baseline: 25 / 4, candidate: 9 / 4, difference: { estimate: -4 } })
    expect(known(cost?.difference.lower)).toBeLessThan(-4)
    expect(known(cost?.difference.upper)).toBeGreaterThan(-4)
  })

  it('warns when a difference does not outlast counting near duplicates as one', () => {
    const oneGroup = casesOf({ fixed: 8, stillRight: 60 }).map((entry) =>
      Object.assign(entry, { cluster: entry.caseId.startsWith('fixed') ? 'same' : entry.caseId }),
    )
    const { verdict, warnings } = compare(oneGroup)
    expect(verdict).toBe('better')
    expect(warnings[0]).toMatch(
      /^Some cases are near duplicates of others\. With each of the 61 groups counted as one, the interval is −.* and holds 0\.$/,
    )
  })

  it('widens the interval where cases are near duplicates', () => {
    const clustered = compare(
      casesOf({ fixed: 20, stillRight: 80 }).map((entry, index) => Object.assign(entry, { cluster: `c${Math.floor(index / 10)}` })),
    )
    expect(clustered.clusters?.clusters).toBe(10)
    expect(known(clustered.clusters?.lower)).toBeLessThan(known(clustered.difference.lower))
    expect(compare(casesOf({ fixed: 20 }).map((entry) => Object.assign(entry, { cluster: entry.caseId }))).clusters).toBeUndefined()
  })
})
