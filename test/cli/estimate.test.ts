import { describe, expect, test } from 'vitest'
import { readRecorded, serveProvider } from '../support/provider-fixtures'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
write(
  'prices.json',
  JSON.stringify({
    schema: 'touchstone.prices/1',
    date: '2026-11-01',
    source: 'us',
    models: { any: { inputUsd: 1, outputUsd: 10 } },
  }),
)
const cases = Array.from({ length: 6 }, (_, index) =>
  JSON.stringify({ id: `c${index}`, content: `text number ${index}`, expected: index % 2 ? 'allowed' : 'violates' }),
)
const golden = write('chat/cases.jsonl', cases.join('\n'))
const prompt = write('v1.md', '# Policy\n\nRemove insults.\n')

type Estimate = { trials: number; calls: number; cached: number; inputTokens: number; outputTokens: number; costUsd: number | null }
function estimatesIn(stderr: string): Array<Estimate & { type: string; side?: string; soFarUsd: number | null }> {
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Estimate & { type: string; soFarUsd: number | null })
  return events.filter(({ type }) => type === 'estimate')
}
const inputs = (baseUrl: string, file = prompt) => ['--prompt', file, '--golden', golden, '--model', 'openai:any', '--base-url', baseUrl]

describe('before it starts', () => {
  test('a replay that is continued is told what is left of it and of its budget', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    // One call is taken for dearer than half a cent, and costs less.
    const first = await run('replay', ...inputs(provider.baseUrl), '--epochs', '2', '--max-cost-usd', '0.005', '--json')
    expect(first.exitCode).toBe(3)
    const { done, costUsd } = JSON.parse(first.stdout) as { done: number; costUsd: number }
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(12)
    expect(estimatesIn(first.stderr)).toMatchObject([{ trials: 12, calls: 12, cached: 0, soFarUsd: null }])
    const second = await run('replay', ...inputs(provider.baseUrl), '--epochs', '2', '--max-cost-usd', '1', '--json')
    expect(second.exitCode).toBe(0)
    expect(estimatesIn(second.stderr)).toMatchObject([{ trials: 12 - done, calls: 12 - done, cached: 0, soFarUsd: costUsd }])
    const third = await run('replay', ...inputs(provider.baseUrl), '--epochs', '3', '--json')
    expect(estimatesIn(third.stderr)).toMatchObject([{ trials: 18, calls: 6, cached: 12 }])
    expect(JSON.parse(third.stdout)).toMatchObject({ calls: 6, cached: 12 })
    expect(provider.requests).toHaveLength(18)
  })

  test('probes are told as many calls as are then made, the verdicts of a replay taken off', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    const limited = ['--all', '--transform', 'leet', '--transform', 'repeat']
    const words = await run('probe', ...inputs(provider.baseUrl), ...limited, '--max-cost-usd', '0')
    expect(words.stderr).toMatch(/About 18 calls, [\d,]+ tokens in and [\d,]+ out, \$0\.0\d+ at the prices of 2026-11-01/)
    expect(words.stderr).toContain('That does not fit the budget of $0')
    const replayed = await run('replay', ...inputs(provider.baseUrl), '--json')
    const { replay } = JSON.parse(replayed.stdout) as { replay: string }
    provider.requests.length = 0
    const probed = await run('probe', replay, ...limited, '--json')
    expect(probed.exitCode).toBe(0)
    expect(estimatesIn(probed.stderr)).toMatchObject([{ trials: 18, calls: 12, cached: 6 }])
    expect(provider.requests).toHaveLength(12)
    const anew = await run('probe', replay, ...limited, '--new', '--refresh', '--json')
    expect(estimatesIn(anew.stderr)).toMatchObject([{ trials: 18, calls: 18, cached: 0 }])
  })

  test('a gate tells it of each side that it has to replay', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    const policy = write('suite/policy.yaml', 'schema: touchstone.policy/1\nslug: chat\nname: Chat\n')
    write('suite/v1.md', '# Policy\n\nRemove insults, one.\n')
    write('suite/v2.md', '# Policy\n\nRemove insults, two.\n')
    const suite = write(
      'suite/suite.yaml',
      `schema: touchstone.suite/1\npolicy: ${policy}\ngolden: ${golden}\nbaseline: v1.md\ncandidate: v2.md\nmodel: { provider: openai, name: any, baseUrl: "${provider.baseUrl}" }\n`,
    )
    const judged = await run('gate', suite, '--json')
    expect(estimatesIn(judged.stderr)).toMatchObject([
      { side: 'baseline', trials: 6, calls: 6 },
      { side: 'candidate', trials: 6, calls: 6 },
    ])
    const again = await run('gate', suite, '--json')
    expect(again.exitCode).toBe(judged.exitCode)
    expect(estimatesIn(again.stderr)).toEqual([])
    const anew = await run('gate', suite, '--new')
    expect(anew.stderr).toContain('The baseline: No calls: all 6 answers are in the cache.')
  })
})
