import { describe, expect, test } from 'vitest'
import type { CaseJudgement } from '~/domain/golden-set/case-records'
import { createTestWorkspace } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'
import { hasOracle, oracleMissing, readRecordedVerdicts, startOracle } from '../../support/oracle'

const profile = 'davidson'
const promptText = `oracle-profile: ${profile}\n\nRemove hate.`

async function openWithCases(count: number) {
  const workspace = await createTestWorkspace()
  const verdicts = readRecordedVerdicts(profile).slice(0, count)
  await workspace.goldenSets.importCases({
    policySlug: 'hatecheck',
    goldenName: 'cases',
    cases: verdicts.map(({ content }, index) => goldenCase({ id: `h${index}`, content, expected: { label: 'violates', rules: {} } })),
    mode: 'mirror',
    author: 'ana',
    message: 'cases',
  })
  return { workspace, verdicts, [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose]() }
}

async function replay(workspace: Awaited<ReturnType<typeof openWithCases>>['workspace'], baseUrl: string, concurrency?: number) {
  const prepared = await workspace.replays.prepare({
    policySlug: 'hatecheck',
    prompt: { text: promptText },
    goldenSet: 'cases',
    model: { provider: 'openai', name: 'any', baseUrl },
    options: { cache: 'off', ...(concurrency === undefined ? {} : { concurrency }) },
    author: 'ana',
    fresh: true,
  })
  await workspace.replays.run(prepared.replay.id)
  const report = await workspace.replays.report(prepared.replay.id)
  const judgements = new Map<string, CaseJudgement>()
  for (let offset = 0; offset < report.total; offset += 1_000) {
    const page = await workspace.replays.trials(report.id, { offset, limit: 1_000 })
    page.rows.forEach((row, index) => judgements.set(page.caseIds[index]!, row))
  }
  return { report, judgements }
}

describe.skipIf(!hasOracle)(`against the counterpart server${hasOracle ? '' : ` (skipped: ${oracleMissing})`}`, () => {
  test('a storm of 429, 500, resets and bad answers ends as the calm run, every unscored case under its reason', async () => {
    await using place = await openWithCases(1_000)
    const { workspace, verdicts } = place
    await using calm = await startOracle()
    await using storm = await startOracle({
      'rate-429': 20,
      'retry-after-s': 0.05,
      'rate-500': 10,
      'rate-reset': 5,
      'rate-malformed': 3,
      'rate-refusal': 3,
      'rate-truncated': 2,
    })
    const before = await replay(workspace, calm.baseUrl)
    const after = await replay(workspace, storm.baseUrl)
    const stats = await storm.stats()
    expect(before.report).toMatchObject({ status: 'finished', done: 1_000 })
    expect(after.report).toMatchObject({ status: 'finished', done: 1_000 })
    expect(after.report.metrics.unscored).toEqual({
      refused: stats.refused,
      truncated: stats.truncated,
      unparseable: stats.malformed,
      contentFilter: 0,
      error: 0,
      unlabelled: 0,
    })
    expect(stats.refused + stats.truncated + stats.malformed).toBeGreaterThan(0)
    for (const [index, { label }] of verdicts.entries()) {
      const [calmly, stormily] = [before.judgements.get(`h${index}`)!, after.judgements.get(`h${index}`)!]
      expect(calmly.verdict?.label).toBe(label)
      if (stormily.outcome === 'correct' || stormily.outcome === 'wrong') expect(stormily.verdict).toEqual(calmly.verdict)
    }
    expect(stats.requests).toBe(after.report.progress.calls)
  })

  test('x-ratelimit-remaining-requests and retry-after-ms: a bucket is used well, and few calls are turned away', async () => {
    await using place = await openWithCases(600)
    const { workspace } = place
    await using oracle = await startOracle({ 'limit-rps': 100 })
    const { report } = await replay(workspace, oracle.baseUrl)
    const stats = await oracle.stats()
    expect(report).toMatchObject({ status: 'finished', done: 600 })
    expect(report.metrics.unscored.error).toBe(0)
    expect(stats.status429 / stats.requests).toBeLessThan(0.25)
  })

  test('a content that the counterpart does not know is an error of that case, with its words', async () => {
    await using place = await openWithCases(20)
    const { workspace } = place
    await workspace.goldenSets.addCase('hatecheck', 'cases', {
      case: goldenCase({ id: 'unknown', content: 'nobody recorded this sentence' }),
      author: 'ana',
      message: 'one more',
    })
    await using oracle = await startOracle()
    const { report, judgements } = await replay(workspace, oracle.baseUrl)
    expect(report.metrics.unscored.error).toBe(1)
    expect(judgements.get('unknown')).toMatchObject({ outcome: 'error', detail: expect.stringContaining('no recorded answer') })
  })
})
