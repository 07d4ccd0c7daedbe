import { describe, expect, test } from 'vitest'
import { describeFindings } from '~/services/replay-warnings'

const model = { provider: 'openai' as const, name: 'gpt-5-mini' }
const findings = (changes: Partial<Parameters<typeof describeFindings>[0]>) => ({
  trials: 100,
  cached: 0,
  ofUnknownCost: 0,
  models: [],
  ...changes,
})
const answered = (providerModel: string | null, systemFingerprint: string | null, answers: number) => ({
  providerModel,
  systemFingerprint,
  answers,
})

describe('what is found in the answers of a replay', () => {
  test('nothing worth a word: no word', () => {
    expect(describeFindings(findings({ models: [answered('gpt-5-mini-2025', 'fp_1', 100)] }), model, null)).toEqual([])
  })

  test('answers of more than one model, the most frequent first', () => {
    const models = [answered('a', 'fp_1', 60), answered('b', 'fp_2', 30), answered('a', 'fp_2', 10)]
    expect(describeFindings(findings({ models }), model, null)).toEqual([expect.stringContaining('a (70), b (30)')])
  })

  test('one model whose fingerprint changed; answers without one do not count as another', () => {
    const models = [answered('a', 'fp_1', 60), answered('a', 'fp_2', 30), answered('a', null, 10)]
    expect(describeFindings(findings({ models }), model, null)).toEqual([
      expect.stringMatching(/changed its system.*fp_1 \(60\), fp_2 \(30\)/),
    ])
  })

  test('the share of the cache, and costs that nobody knows', () => {
    expect(describeFindings(findings({ cached: 40 }), model, null)[0]).toContain('40 of 100 answers came from the cache')
    expect(describeFindings(findings({ ofUnknownCost: 3 }), model, null)[0]).toContain('3 answers')
    expect(describeFindings(findings({ ofUnknownCost: 1 }), model, null)[0]).toContain('one answer was: its cost')
    expect(describeFindings(findings({ ofUnknownCost: 100 }), { ...model, name: 'local' }, null)[0]).toContain(
      'price of openai:local is not known',
    )
  })
})
