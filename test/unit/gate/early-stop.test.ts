import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEarlyStop, evaluateStopped, notJudged, type EarlyStopObservation } from '~/domain/gate/early-stop'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'
import { judgeDifference, settleDifference } from '~/domain/gate/judge-difference'
import { orderReplay } from '~/domain/gate/replay-order'
import { createRandom } from '~/domain/statistics'

const conditionsOf = (gate: object = {}) => gateConditionsSchema.parse(gate)
type Seen = Partial<EarlyStopObservation>
const same: Seen = { baseline: 'correct', candidate: 'correct' }
const regressed: Seen = { baseline: 'correct', candidate: 'wrong' }
const fixed: Seen = { baseline: 'wrong', candidate: 'correct' }
const observe = (seen: Seen): EarlyStopObservation => ({
  part: 'random',
  baseline: 'correct',
  candidate: 'correct',
  marked: false,
  tagged: false,
  ...seen,
})

describe('settleDifference', () => {
  const range = (max: number) => fc.tuple(fc.nat(max), fc.nat(max)).map(([a, b]) => ({ lower: Math.min(a, b), upper: Math.max(a, b) }))
  it('says a result only where every total within the bounds has it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('better' as const, 'not-worse' as const),
        fc.constantFrom(0.02, 0.1, 0.3),
        range(60).map(({ lower, upper }) => ({ lower: lower - 40, upper: upper - 40 })),
        range(45),
        range(80).map(({ lower, upper }) => ({ lower: lower + 45, upper: upper + 45 })),
        (require, margin, net, flips, n) => {
          const conditions = { require, margin, alpha: 0.05 }
          const settled = settleDifference(conditions, { net, flips, n })
          if (settled === null) return
          for (let change = net.lower; change <= net.upper; change++)
            for (let flipped = Math.max(flips.lower, Math.abs(change)); flipped <= flips.upper; flipped++) {
              if ((flipped + change) % 2 !== 0) continue
              for (const cases of [n.lower, n.upper])
                expect(judgeDifference(conditions, { fixed: (flipped + change) / 2, regressed: (flipped - change) / 2, n: cases })).toBe(
                  settled,
                )
            }
        },
      ),
      { seed: 7, numRuns: 300 },
    )
  })

  it('is the judgement itself when nothing is open', () => {
    const point = (value: number) => ({ lower: value, upper: value })
    expect(settleDifference(conditionsOf(), { net: point(-30), flips: point(40), n: point(200) })).toBe('fail')
    expect(settleDifference(conditionsOf(), { net: point(0), flips: point(2), n: point(2000) })).toBe('pass')
    expect(settleDifference(conditionsOf(), { net: point(0), flips: point(20), n: point(100) })).toBe('inconclusive')
  })
})

describe('the order of a replay that may stop early', () => {
  it('puts each case into one part, the same for one seed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.nat(1000), (ids, seed) => {
        const cases = ids.map((id, index) => ({ id, zeroTolerance: index % 5 === 0, rules: index % 3 === 0 ? ['H'] : [] }))
        const input = { cases, flippedBefore: new Set(ids.filter((_, index) => index % 4 === 0)), changedRules: new Set(['H']), seed }
        const order = orderReplay(input)
        const all = [...order.zeroTolerance, ...order.flippedBefore, ...order.changedRules, ...order.random]
        expect(all.toSorted()).toEqual(ids.toSorted())
        expect(orderReplay(input)).toEqual(order)
        expect(order.zeroTolerance).toEqual(ids.filter((_, index) => index % 5 === 0))
      }),
      { seed: 7 },
    )
  })
})

describe('stopping early', () => {
  it('fails at the first regression of a zero-tolerance case', () => {
    const tracker = createEarlyStop(conditionsOf(), { first: 3, random: 500, marked: 3, tagged: 0 })
    tracker.add(observe({ ...same, part: 'first', marked: true }))
    expect(tracker.state(null).answer).toBeNull()
    tracker.add(observe({ ...regressed, part: 'first', marked: true }))
    expect(tracker.state(null)).toMatchObject({ answer: 'fail', seen: 2 })
  })

  it('says nothing before it has seen a case, and never passes on few', () => {
    const tracker = createEarlyStop(conditionsOf(), { first: 0, random: 400, marked: 0, tagged: 0 })
    expect(tracker.state(null)).toMatchObject({ answer: null, difference: { lower: -1, upper: 1 } })
    for (let seen = 0; seen < 30; seen++) tracker.add(observe(same))
    expect(tracker.state(null).answer).toBeNull()
  })

  it('passes before the end where nothing changes, and fails where much is lost', () => {
    const seenUntil = (seen: Seen) => {
      const tracker = createEarlyStop(conditionsOf({ margin: 0.05 }), { first: 0, random: 1000, marked: 0, tagged: 0 })
      for (let count = 1; count <= 1000; count++) {
        tracker.add(observe(seen))
        if (count % 20 !== 0) continue
        const { answer } = tracker.state(null)
        if (answer) return { answer, count }
      }
      return null
    }
    const calm = seenUntil(same)
    expect(calm?.answer).toBe('pass')
    expect(calm?.count).toBeLessThan(900)
    const lost = seenUntil(regressed)
    expect(lost?.answer).toBe('fail')
    expect(lost?.count).toBeLessThan(200)
  })

  it('never passes early where a condition needs every case, but may fail', () => {
    const tracker = createEarlyStop(conditionsOf({ margin: 0.05, slices: [{ by: 'rule', recall: 0.9 }] }), {
      first: 0,
      random: 400,
      marked: 0,
      tagged: 0,
    })
    for (let seen = 0; seen < 399; seen++) tracker.add(observe(same))
    expect(tracker.state(null).settled.get('difference')).toBe('pass')
    expect(tracker.state(null).answer).toBeNull()
  })

  it('counts what has no score against maxUnscored, and what it cost against maxCostUsd', () => {
    const sizes = { first: 0, random: 100, marked: 0, tagged: 0 }
    const tracker = createEarlyStop(conditionsOf({ maxUnscored: 0.02, maxCostUsd: 1 }), sizes)
    for (let seen = 0; seen < 2; seen++) tracker.add(observe({ candidate: 'unparseable' }))
    expect(tracker.state(0.5).answer).toBeNull()
    expect(tracker.state(1.01).answer).toBe('fail')
    tracker.add(observe({ candidate: 'unparseable' }))
    expect(tracker.state(0.5).answer).toBe('fail')
    expect(tracker.state(0.5).settled.get('unscored, candidate')).toBe('fail')
  })

  it('refuses more cases than there are', () => {
    const tracker = createEarlyStop(conditionsOf(), { first: 0, random: 1, marked: 0, tagged: 0 })
    tracker.add(observe(same))
    expect(() => tracker.add(observe(same))).toThrow(RangeError)
  })

  it('agrees with the full replay, but for α of the times', () => {
    const random = createRandom(11)
    const conditions = conditionsOf({ margin: 0.08, alpha: 0.1 })
    let stopped = 0
    let wrong = 0
    for (let run = 0; run < 60; run++) {
      const shareLost = [0.01, 0.04, 0.1, 0.2][run % 4] ?? 0
      const cases = Array.from({ length: 240 }, () => {
        const draw = random.next()
        return draw < 0.03 ? fixed : draw < 0.03 + shareLost ? regressed : same
      })
      const full = judgeDifference(conditions, {
        fixed: cases.filter((seen) => seen === fixed).length,
        regressed: cases.filter((seen) => seen === regressed).length,
        n: cases.length,
      })
      const tracker = createEarlyStop(conditions, { first: 0, random: cases.length, marked: 0, tagged: 0 })
      for (const [index, seen] of random.shuffle(cases).entries()) {
        tracker.add(observe(seen))
        if (index % 24 !== 23) continue
        const { answer } = tracker.state(null)
        if (answer === null) continue
        if (index < cases.length - 1) stopped++
        if (answer !== full) wrong++
        break
      }
    }
    expect(stopped).toBeGreaterThan(10)
    expect(wrong).toBeLessThanOrEqual(6)
  })
})

describe('the evaluation of a gate that stopped early', () => {
  const entry = (name: string, result: 'pass' | 'fail' | 'inconclusive') => ({
    name,
    result,
    evidence: 'e',
    reason: result === 'pass' ? null : 'r',
  })
  const words = { total: 50, alpha: 0.05, differenceName: 'not worse by 2 points', callsSaved: 80 }

  it('lets nothing pass that was not settled', () => {
    const partial = {
      result: 'inconclusive' as const,
      conditions: [
        entry('results', 'inconclusive'),
        entry('golden set', 'pass'),
        entry('not worse by 2 points', 'pass'),
        entry('recall', 'pass'),
      ],
    }
    const state = {
      answer: 'fail' as const,
      settled: new Map([['difference', 'fail' as const]]),
      seen: 10,
      difference: { lower: -0.5, upper: -0.1 },
    }
    const { result, conditions } = evaluateStopped(partial, state, words)
    expect(result).toBe('fail')
    expect(conditions.map((condition) => condition.result)).toEqual(['pass', 'pass', 'fail', 'inconclusive'])
    expect(conditions[0]?.evidence).toContain('10 of 50')
    expect(conditions[0]?.evidence).toContain('80 calls saved')
    expect(conditions[3]?.reason).toBe(notJudged)
  })

  it('does not pass on another golden set', () => {
    const partial = {
      result: 'inconclusive' as const,
      conditions: [entry('golden set', 'inconclusive'), entry('not worse by 2 points', 'pass')],
    }
    const state = {
      answer: 'pass' as const,
      settled: new Map([['difference', 'pass' as const]]),
      seen: 10,
      difference: { lower: 0, upper: 0 },
    }
    expect(evaluateStopped(partial, state, words).result).toBe('inconclusive')
  })
})
