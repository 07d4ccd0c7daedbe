import { describe, expect, test } from 'vitest'
import { flipKinds, type FlipCounts } from '~/domain/comparison/comparison'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import { unscoredReasons, type UnscoredCounts } from '~/domain/verdict/verdict'

const flips = (counts: Partial<FlipCounts>) => ({ ...Object.fromEntries(flipKinds.map((kind) => [kind, 0])), ...counts }) as FlipCounts
const noReason = Object.fromEntries(unscoredReasons.map((reason) => [reason, 0])) as UnscoredCounts
const nothing = {
  n: 0,
  flips: flips({}),
  difference: { estimate: null, lower: null, upper: null, confidence: 0.95, method: 'tango' },
  margin: 0.02,
  verdict: 'better' as const,
  moreCasesNeeded: null,
}

describe('the evidence beside the difference', () => {
  const named = (comparison: Partial<Parameters<typeof describeEvidence>[0]>) =>
    new Map(describeEvidence({ ...nothing, ...comparison }).map((line) => [line.name, line]))
  const difference = { estimate: -0.05, lower: -0.1, upper: 0, confidence: 0.95, method: 'newcombe' }

  test('says that noise was not measured rather than that there is none', () => {
    expect(named({}).get('Noise')?.text).toMatch(/^Not measured/)
    const noise = { replay: 'r', flips: 3, n: 100, rate: 0.03, fixedByNoise: 1, regressedByNoise: 2 }
    expect(named({ noise }).get('Noise')).toEqual({
      name: 'Noise',
      text: 'Noise floor 3.0%: 3 of 100 cases flip when the same version is asked again (replay r); 2 of the regressions and 1 of the fixes are among them.',
      cases: { noise: true },
    })
  })

  test('keeps what few zero-tolerance cases could hide in sight', () => {
    const mustPass = { total: 11, fixed: 0, regressed: 0, stillWrong: 2, unscored: 0, regressedAtMost: 0.238 }
    expect(named({ mustPass }).get('Zero tolerance')?.text).toBe(
      '0 of 11 cases regressed; by chance up to 23.8% of such cases could still regress.',
    )
    expect(named({ mustPass: { ...mustPass, total: 0 } }).has('Zero tolerance')).toBe(false)
  })

  test('shows n/a for what cannot be estimated, and both kinds of error apart', () => {
    const share = {
      n: 0,
      baseline: null,
      candidate: null,
      difference: { ...difference, estimate: null, lower: null, upper: null },
      pValue: null,
    }
    const lines = named({
      enforcement: { over: share, under: { ...share, n: 40, baseline: 0.5, candidate: 0.45, difference, pValue: 0.00004 } },
    })
    expect(lines.get('Over-enforcement, same cases')?.text).toBe('n/a → n/a of 0 cases: n/a points, CI n/a, p n/a.')
    expect(lines.get('Under-enforcement, same cases')?.text).toBe('50.0% → 45.0% of 40 cases: −5.0 points, CI −10.0 to ±0.0, p < 0.0001.')
  })

  test('shows macro-F1 with its interval and how p was come by', () => {
    const macroF1 = {
      n: 40,
      baseline: 0.71,
      candidate: 0.6,
      difference: { ...difference, estimate: -0.11, lower: -0.2, upper: 0.004 },
      resamples: 10_000,
      seed: 1,
      pValue: { value: 0.0625, method: 'exact randomisation' },
    }
    expect(named({ macroF1 }).get('Macro-F1, same cases')?.text).toBe(
      '0.710 → 0.600, difference −0.110, bootstrap interval −0.200 to +0.004, p = 0.0625 (exact randomisation).',
    )
    expect(named({ macroF1: { ...macroF1, n: 0 } }).has('Macro-F1, same cases')).toBe(false)
  })

  test('says what an inconclusive comparison lacks, and what so many cases could show', () => {
    const undecided = { ...nothing, n: 50, verdict: 'inconclusive' as const, flips: flips({ fixed: 3, regressed: 2 }) }
    expect(named({ ...undecided, moreCasesNeeded: 237 }).get('Cases needed')?.text).toMatch(/^About 240 more cases/)
    expect(named(undecided).get('Cases needed')?.text).toMatch(/^No realistic number/)
    expect(named(undecided).get('Smallest shift it could show')?.text).toMatch(/^n\/a: so few flips/)
    expect(
      named({ ...undecided, n: 10_000, flips: flips({ fixed: 200, regressed: 200 }) }).get('Smallest shift it could show')?.text,
    ).toMatch(/^±\d\.\d points.*margin is 2\.0\.$/)
    expect(named({ ...undecided, verdict: 'better' }).has('Cases needed')).toBe(false)
  })

  test('names the reasons for which cases have no score, on both sides', () => {
    const unscored = { baseline: 0.02, candidate: 0.1, onlyBaseline: 1, onlyCandidate: 9, pValue: 0.02 }
    const side = (refused: number) => ({ unscored: { ...noReason, refused }, wrongRule: 0 })
    expect(named({ unscored, baseline: side(2), candidate: side(10), flips: flips({ unscored: 10 }) }).get('Without a score')).toEqual({
      name: 'Without a score',
      text: '2.0% → 10.0%; 1 only before, 9 only now, p = 0.0200; by reason: refused 2 → 10.',
      cases: { flip: ['unscored'] },
    })
  })
})
