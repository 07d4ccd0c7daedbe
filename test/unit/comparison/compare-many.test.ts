import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareMany, type ManyVersionFacts } from '~/domain/comparison/compare-many'
import { decideVerdict } from '~/domain/comparison/decide-verdict'
import { createRandom } from '~/domain/statistics'
import type { Outcome } from '~/domain/verdict/verdict'

const version = (replay: string, promptVersion: number | null = null, model = 'openai:m'): ManyVersionFacts => ({
  replay,
  promptVersion,
  promptHash: `${replay}0123456789abcdef`,
  goldenRevision: 1,
  model,
})
const three = [version('a', 1), version('b', 2), version('c', 3)]
/** Rows from words such as `110`: right, right, wrong; `?` is unscored, `.` not there. */
const rows = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([word, count]) =>
    Array.from({ length: count }, () =>
      [...word].map((letter): Outcome | null =>
        letter === '1' ? 'correct' : letter === '0' ? 'wrong' : letter === '?' ? 'refused' : null,
      ),
    ),
  )

describe('more than two versions', () => {
  it('counts the cases that all share, and judges each pair', () => {
    const many = compareMany({ versions: three, cases: rows({ '111': 200, '011': 60, '100': 5, '000': 35, '1?1': 7, '1.1': 3 }) })
    expect(many).toMatchObject({ schema: 'touchstone.comparison-many/1', n: 300 })
    expect(many.versions.map(({ name, correct, scored, unscored }) => ({ name, correct, scored, unscored }))).toEqual([
      { name: 'v1', correct: 205, scored: 310, unscored: 0 },
      { name: 'v2', correct: 260, scored: 300, unscored: 7 },
      { name: 'v3', correct: 260, scored: 310, unscored: 0 },
    ])
    // Q by hand: columns 205, 260, 260; rows 200·9 + 60·4 + 5·1.
    expect(many.cochranQ.q).toBeCloseTo((2 * (3 * (205 ** 2 + 260 ** 2 + 260 ** 2) - 725 ** 2)) / (3 * 725 - (1800 + 240 + 5)), 9)
    expect(
      many.pairs.map(({ baseline, candidate, fixed, regressed, verdict }) => [baseline, candidate, fixed, regressed, verdict]),
    ).toEqual([
      ['a', 'b', 60, 5, 'better'],
      ['a', 'c', 60, 5, 'better'],
      ['b', 'c', 0, 0, 'not-worse'],
    ])
    expect(many.sentence).toBe(
      'The 3 versions differ; v2 and v3 are ahead with 86.7% of 300 shared cases right. Each pair is judged below.',
    )
  })

  it('makes p larger by looking at more pairs, never smaller', () => {
    const many = compareMany({ versions: three, cases: rows({ '111': 100, '011': 9, '100': 1, '010': 4 }) })
    for (const { pValue, pAdjusted } of many.pairs) expect(pAdjusted).toBeGreaterThanOrEqual(pValue ?? 1)
    // 13 fixed, 1 regressed: p = .0018, thrice that by Holm.
    expect(many.pairs[0]?.pAdjusted).toBeCloseTo(3 * (many.pairs[0]?.pValue ?? 0), 12)
  })

  it('says of two versions what the comparison of two says', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 400 }), (fixed, regressed, same) => {
        const { pairs } = compareMany({ versions: three.slice(0, 2), cases: rows({ '01': fixed, '10': regressed, '11': same }) })
        expect(pairs[0]?.verdict).toBe(decideVerdict({ fixed, regressed, n: fixed + regressed + same }, 0.02, 0.95))
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  it('calls hardly any pair of five equal versions better or worse', () => {
    const random = createRandom(5)
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => version(name))
    let runsWithFinding = 0
    for (let run = 0; run < 200; run++) {
      const cases = Array.from({ length: 150 }, () => {
        const hard = random.next() < 0.2
        return five.map((): Outcome => (random.next() < (hard ? 0.5 : 0.03) ? 'wrong' : 'correct'))
      })
      const { pairs } = compareMany({ versions: five, cases })
      if (pairs.some(({ verdict }) => verdict === 'better' || verdict === 'worse')) runsWithFinding++
    }
    expect(runsWithFinding).toBeLessThanOrEqual(14)
  })

  it('names versions by model where they differ in it, and by replay where nothing else does', () => {
    const names = (versions: ManyVersionFacts[]) =>
      compareMany({ versions, cases: rows({ [versions.map(() => '1').join('')]: 30 }) }).versions.map(({ name }) => name)
    expect(names([version('a', 1, 'x'), version('b', 1, 'y')])).toEqual(['v1 with x', 'v1 with y'])
    expect(names([version('a', 1), version('b', 1), version('c', 2)])).toEqual(['v1, replay a', 'v1, replay b', 'v2'])
  })

  it('gives n/a where nothing is shared, and refuses what makes no sense', () => {
    const none = compareMany({ versions: three, cases: rows({ '1.1': 3 }) })
    expect(none).toMatchObject({ n: 0, cochranQ: { q: null, df: null, p: null } })
    expect(none.versions[0]).toMatchObject({ accuracy: null, accuracyInterval: null })
    expect(none.pairs.every(({ verdict, pAdjusted }) => verdict === 'inconclusive' && pAdjusted === null)).toBe(true)
    expect(() => compareMany({ versions: three.slice(0, 1), cases: [] })).toThrow(RangeError)
    expect(() => compareMany({ versions: three, cases: [['correct']] })).toThrow(RangeError)
    expect(() => compareMany({ versions: three, cases: [], margin: 0 })).toThrow(RangeError)
  })
})
