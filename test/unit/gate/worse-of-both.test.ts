import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EarlyStopState } from '~/domain/gate/early-stop'
import { condition, type GateResult } from '~/domain/gate/gate-result'
import { worseOfBoth, worseStateOfBoth } from '~/domain/gate/worse-of-both'

const results: GateResult[] = ['pass', 'inconclusive', 'fail']
const evaluation = (entries: Record<string, GateResult>) => ({
  result: Object.values(entries).reduce<GateResult>(
    (worst, result) => results[Math.max(results.indexOf(worst), results.indexOf(result))] ?? 'pass',
    'pass',
  ),
  conditions: Object.entries(entries).map(([name, result]) => condition(name, result, `${name} is ${result}`, 'why')),
})

describe('worseOfBoth', () => {
  it('passes only what passes without and with the quoted cases', () => {
    const named = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...results))
    fc.assert(
      fc.property(named, named, (without, withLeaked) => {
        const { result, conditions } = worseOfBoth(evaluation(without), evaluation(withLeaked), 3)
        expect(result === 'pass').toBe([...Object.values(without), ...Object.values(withLeaked)].every((each) => each === 'pass'))
        expect(new Set(conditions.map(({ name }) => name))).toEqual(new Set([...Object.keys(without), ...Object.keys(withLeaked)]))
      }),
    )
  })

  it('quotes the evidence that decided', () => {
    const { conditions } = worseOfBoth(evaluation({ a: 'pass', b: 'fail' }), evaluation({ a: 'inconclusive', b: 'pass' }), 1)
    expect(conditions.map(({ evidence }) => evidence)).toEqual(['with the case that a prompt quotes: a is inconclusive', 'b is fail'])
  })
})

describe('worseStateOfBoth', () => {
  const state = (answer: GateResult | null): EarlyStopState => ({
    answer,
    settled: new Map([['difference', answer]]),
    seen: 1,
    difference: { lower: 0, upper: 0 },
  })

  it.each<[GateResult | null, GateResult | null, GateResult | null]>([
    ['pass', null, null],
    [null, 'fail', 'fail'],
    ['inconclusive', 'pass', 'inconclusive'],
    ['pass', 'pass', 'pass'],
  ])('joins %s and %s to %s', (first, second, joined) => {
    const both = worseStateOfBoth(state(first), state(second))
    expect([both.answer, both.settled.get('difference')]).toEqual([joined, joined])
  })
})
