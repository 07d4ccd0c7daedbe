import { describe, expect, it } from 'vitest'
import type { SideFacts } from '~/domain/comparison/compare'
import { casesOf, compare, facts } from './_support/cases'

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
    expect(warn({ systemFingerprints: ['fp_1', 'fp_2'] }, { systemFingerprints: ['fp_2', 'fp_3'] })).toEqual(warn({}, {}))
    expect(warn({ systemFingerprints: ['fp_1'] }, { systemFingerprints: ['fp_3'] })[0]).toMatch(/fingerprint was fp_1 .* is fp_3/)
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
