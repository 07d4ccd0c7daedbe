import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createComparison, type CaseToCompare } from '~/domain/comparison/compare'
import type { JudgedSide } from '~/domain/comparison/flips'
import { rejudge } from '~/domain/comparison/revisions'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'

const expectedOf = (label: string | null): ExpectedVerdict | null => (label === null ? null : { label, rules: {} })
function says(expected: string | null, label: string | null): JudgedSide {
  const verdict = label === null ? null : { label, rules: [] }
  const side = { expected: expectedOf(expected), verdict }
  return {
    ...side,
    ...judgeOutcome({
      expected: side.expected,
      reading: verdict ? { status: 'verdict', verdict } : { status: 'unscored', reason: 'refused', detail: '' },
    }),
  }
}
const facts = (revision: number) => ({
  replay: `r${revision}`,
  costUsd: null,
  latencyMs: { p50: null, p95: null },
  promptVersion: revision,
  promptHash: 'h',
  goldenRevision: revision,
  model: 'openai:m',
  providerModels: [],
})
function compare(cases: readonly CaseToCompare[]) {
  const comparison = createComparison({ scheme: defaultVerdictScheme, baseline: facts(1), candidate: facts(2) })
  const counted = cases.map((entry) => comparison.add(entry))
  return { ...comparison.finish(), counted }
}
let ids = 0
const both = (
  before: string | null,
  after: string | null,
  said: string | null,
  says_: string | null,
  rest: Partial<CaseToCompare> = {},
) => ({
  caseId: `c${ids++}`,
  baseline: says(before, said),
  candidate: says(after, says_),
  ...rest,
})

describe('a comparison across revisions', () => {
  it('parts what the prompt changed from what the relabelling changed', () => {
    const { revisions, flips, n, counted } = compare([
      ...Array.from({ length: 30 }, () => both('violates', 'violates', 'violates', 'violates')),
      both('violates', 'violates', 'allowed', 'violates'),
      // Relabelled: the same answers, now right; the candidate's is wrong by the new label.
      both('allowed', 'violates', 'violates', 'allowed'),
      both('violates', 'allowed', 'violates', 'violates'),
      both('violates', 'allowed', 'violates', 'allowed'),
      both(null, 'violates', 'violates', 'violates'),
      both('violates', null, 'violates', 'violates'),
      { caseId: 'gone', baseline: says('violates', 'allowed'), candidate: null },
      { caseId: 'new', baseline: null, candidate: says('violates', 'allowed') },
      both('violates', 'violates', 'violates', 'allowed', { rewritten: true }),
    ])
    expect([n, flips.fixed, flips.regressed, flips.relabelled, flips.added, flips.removed]).toEqual([31, 1, 0, 6, 1, 1])
    expect(revisions).toMatchObject({
      baselineRevision: 1,
      candidateRevision: 2,
      relabelling: { cases: 5, becameRight: 1, becameWrong: 2, labelled: 1, unlabelled: 1, sameOutcome: 0 },
      prompt: { n: 35, fixed: 2, regressed: 1 },
      removed: 1,
      added: 1,
      rewritten: 1,
    })
    expect(revisions?.steps.map(({ step, n: cases, correct }) => [step, cases, correct])).toEqual([
      ['baseline', 37, 34],
      ['removed', 35, 33],
      ['relabelled', 35, 32],
      ['prompt', 35, 33],
      ['added', 37, 33],
    ])
    expect(counted.map((entry) => entry?.revisions?.flipByNewLabels).slice(30)).toEqual([
      'fixed',
      'regressed',
      'stillWrong',
      'fixed',
      'stillRight',
      'unscored',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('adds up exactly, whatever was changed', () => {
    const label = fc.constantFrom('violates', 'allowed', 'escalate', null)
    const side = fc.tuple(label, label)
    const entry = fc.record({ before: fc.option(side), after: fc.option(side), rewritten: fc.boolean() })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const { baseline, candidate, revisions, flips } = compare(
          entries.map(({ before, after, rewritten }, index) => ({
            caseId: `c${index}`,
            baseline: before && says(...before),
            candidate: after && says(...after),
            rewritten,
          })),
        )
        const steps = revisions?.steps ?? []
        expect([steps[0]?.n, steps[0]?.accuracy]).toEqual([baseline.n, baseline.accuracy])
        expect([steps.at(-1)?.n, steps.at(-1)?.accuracy]).toEqual([candidate.n, candidate.accuracy])
        if (steps.every(({ accuracy }) => accuracy !== null))
          expect(steps.reduce((sum, { change }) => sum + (change ?? 0), baseline.accuracy ?? 0)).toBeCloseTo(candidate.accuracy ?? 0, 12)
        const { relabelling, rewritten = 0 } = revisions ?? {}
        expect((relabelling?.cases ?? 0) + rewritten).toBe(flips.relabelled)
        expect((steps[2]?.correct ?? 0) - (steps[1]?.correct ?? 0)).toBeLessThanOrEqual(
          (relabelling?.becameRight ?? 0) + (relabelling?.labelled ?? 0),
        )
      }),
    )
  })

  it('says nothing where both sides pin one revision', () => {
    const comparison = createComparison({ scheme: defaultVerdictScheme, baseline: facts(1), candidate: facts(1) })
    comparison.add(both('violates', 'violates', 'violates', 'violates'))
    expect(comparison.finish().revisions).toBeUndefined()
  })
})

describe('rejudge', () => {
  it('takes the majority of the epochs by the new label', () => {
    const side: JudgedSide = {
      ...says('violates', 'violates'),
      epochs: [
        { answer: 'violates', right: 1 },
        { answer: 'violates', right: 1 },
        { answer: 'allowed', right: 0 },
        { answer: 'refused', right: null },
      ],
    }
    expect(rejudge(side, expectedOf('allowed')).outcome).toBe('wrong')
    expect(rejudge({ ...side, epochs: side.epochs?.slice(2) }, expectedOf('allowed')).outcome).toBe('correct')
    expect(rejudge(side, null).outcome).toBe('unlabelled')
    expect(rejudge(says('violates', null), expectedOf('allowed')).outcome).toBe('refused')
  })
})
