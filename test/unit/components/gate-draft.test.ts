import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDraft, toDraft } from '~/components/gate/gate-draft'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'

const defaults = gateConditionsSchema.parse({})

describe('the form of a gate', () => {
  test('gives back the conditions that it was made from', () => {
    const share = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000)
    const conditions = fc.record(
      {
        require: fc.constantFrom('better' as const, 'not-worse' as const),
        margin: fc.integer({ min: 1, max: 999 }).map((value) => value / 1000),
        alpha: fc.constantFrom(0.05, 0.01, 0.1),
        mustPass: fc.constantFrom({ tag: 'never-regress' }, { all: true as const }),
        overall: fc.record({
          accuracy: share,
          f1: share,
          kappa: fc.constantFrom(0.4, -0.2),
          on: fc.constantFrom('estimate' as const, 'lower-bound' as const),
        }),
        slices: fc.array(
          fc.record({
            by: fc.constantFrom('rule', 'tag', 'functionality'),
            recall: share,
            on: fc.constantFrom('estimate' as const, 'lower-bound' as const),
          }),
          { maxLength: 3 },
        ),
        maxOverEnforcement: share,
        maxUnscored: share,
        maxCostUsd: fc.constantFrom(0, 5, 0.25),
        maxLatencyMs: fc.constantFrom({ p50: 400, p95: 900 }, { p95: 1200 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(conditions, (input) => {
        const wanted = gateConditionsSchema.parse(input)
        expect(readDraft(toDraft(wanted))).toEqual({ ok: true, conditions: wanted })
      }),
    )
  })

  test('asks for nothing where a field is empty, and takes a decimal comma', () => {
    const draft = { ...toDraft(defaults), margin: '1,5', maxUnscored: '' }
    expect(readDraft(draft)).toEqual({ ok: true, conditions: { ...defaults, margin: 0.015 } })
  })

  test.each([
    [{ margin: 'two' }, 'Margin'],
    [{ margin: '0' }, 'Margin'],
    [{ maxUnscored: '120' }, 'Most unscored'],
    [{ mustPass: 'tag' as const, mustPassTag: '' }, 'Zero tolerance'],
    [{ maxCostUsd: '-1' }, 'Most cost'],
    [
      { slices: [{ key: 0, by: 'rule', value: '', recall: '', precision: '', accuracy: '', margin: '', on: 'estimate' as const }] },
      'Slice 1',
    ],
  ])('names what is wrong in %j', (change, name) => {
    const reading = readDraft({ ...toDraft(defaults), ...change })
    expect(reading.ok).toBe(false)
    if (!reading.ok) expect(reading.problems.join()).toContain(name)
  })
})
