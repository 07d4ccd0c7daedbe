import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import { allowedLabel, defaultVerdictScheme, positiveLabel, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import { readAnswer } from '~/domain/verdict/read-answer'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import { prepareComparisons, type Said } from '../../support/comparisons'
import { createTestDatabase } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'
import { known } from '../../support/known'

/** Real replays with known results, counted by others; there only where the data is. */
const data = new URL('../../../../shared/data/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, data), 'utf8')

describe.skipIf(!existsSync(data))('replays with known results (../shared/data)', () => {
  it('HateCheck, davidson against founta: counts, accuracies and all 29 functionalities', async () => {
    await using database = await createTestDatabase()
    const rows: Array<Record<'case_id' | 'test_case' | 'label_gold' | 'functionality', string>> = parse(
      read('hatecheck/test_suite_cases.csv'),
      { columns: true },
    )
    const cases = rows.map((row) =>
      goldenCase({
        id: row.case_id,
        content: row.test_case,
        expected: { label: row.label_gold === 'hateful' ? 'violates' : 'allowed', rules: {} },
        meta: { functionality: row.functionality },
      }),
    )
    const answers = new Map<string, string>()
    for (const line of read('hatecheck/recorded-answers.jsonl').trim().split('\n')) {
      const { profile, content, label } = JSON.parse(line) as Record<'profile' | 'content' | 'label', string>
      answers.set(`${profile} ${content.trim()}`, label)
    }
    const said =
      (profile: string) =>
      (entry: { content: string }): Said[] => [{ label: known(answers.get(`${profile} ${entry.content.trim()}`)), rules: [] }]
    const { record, comparisons } = await prepareComparisons(database, cases)
    const baseline = await record({ version: 1, answer: said('davidson') })
    const candidate = await record({ version: 2, answer: said('founta') })

    const comparison = await comparisons.compare(baseline, candidate, { by: ['functionality'] })
    expect(comparison).toMatchObject({
      n: 3728,
      flips: { fixed: 415, regressed: 526, stillRight: 1829, stillWrong: 958, unscored: 0 },
      verdict: 'worse',
    })
    expect(comparison.baseline.accuracy).toBeCloseTo(0.631706, 6)
    expect(comparison.candidate.accuracy).toBeCloseTo(0.601931, 6)
    expect(comparison.difference).toMatchObject({ estimate: -111 / 3728, method: 'tango' })
    expect(known(comparison.difference.upper)).toBeCloseTo(-0.0137, 4)
    expect(comparison.sentence).toBe('v2 is worse than v1: 415 fixed, 526 regressed, −3.0 points, 95% CI −4.6 to −1.4.')

    expect(comparison.slices).toHaveLength(29)
    for (const slice of comparison.slices) {
      const members = cases.filter((entry) => entry.meta.functionality === slice.value)
      const share = (profile: string) =>
        members.filter((entry) => answers.get(`${profile} ${entry.content.trim()}`) === entry.expected?.label).length / members.length
      expect([slice.n, slice.baseline.accuracy, slice.candidate.accuracy]).toEqual([members.length, share('davidson'), share('founta')])
    }
  })

  it('policy-agent, v001 against v002: by category and as any violation', () => {
    type Row = { index: number; ground_truth: Record<string, 0 | 1 | null>; raw_response: string }
    const run = (name: string) => (JSON.parse(read(`policy-agent/runs/${name}_results.json`)) as { results: Row[] }).results
    const [before, after] = [run('run_policy_v001_20251207_195813'), run('run_policy_v002_20251207_204202')]
    const categories = Object.keys(known(before[0]).ground_truth)
    const scheme: VerdictScheme = { ...defaultVerdictScheme, rules: categories.map((id) => ({ id })) }
    const expectedOf = ({ ground_truth }: Row): ExpectedVerdict => {
      const labelled = Object.entries(ground_truth).filter((entry): entry is [string, 0 | 1] => entry[1] !== null)
      const any = labelled.some(([, flag]) => flag === 1)
      // Nothing was flagged, but not all categories were looked at: whether it violates is not known.
      const label = any ? positiveLabel(scheme) : labelled.length === categories.length ? allowedLabel(scheme) : null
      return { label, rules: Object.fromEntries(labelled.map(([rule, flag]) => [rule, flag === 1])) }
    }
    const judge = (row: Row) => {
      const reading = readAnswer({ text: row.raw_response, finish: 'stop', scheme })
      if (reading.status !== 'verdict') throw new Error(reading.detail)
      return { expected: expectedOf(row), verdict: reading.verdict, ...judgeOutcome({ expected: expectedOf(row), reading }) }
    }
    const side = {
      replay: 'r',
      costUsd: null,
      latencyMs: { p50: null, p95: null },
      promptHash: '0',
      goldenRevision: 1,
      model: 'openai:gpt-oss-safeguard-20b',
      providerModels: [],
    }
    const comparison = createComparison({ scheme, baseline: { ...side, promptVersion: 1 }, candidate: { ...side, promptVersion: 2 } })
    for (const row of before) {
      const other = known(after.find((candidate) => candidate.index === row.index))
      comparison.add({ caseId: `${row.index}`, baseline: judge(row), candidate: judge(other) })
    }
    const result = comparison.finish()
    expect(result.rulePairs).toMatchObject({ fixed: 5, regressed: 0, stillWrong: 3, stillRight: 156, unlabelled: 76, unscored: 0 })
    expect(result).toMatchObject({ flips: { fixed: 2, regressed: 0 }, verdict: 'inconclusive' })
    expect(result.moreCasesNeeded).toBeGreaterThan(0)
  })
})
