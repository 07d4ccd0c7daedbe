import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useBuiltCommandLine, startProcess, useWorkspace } from './_support/command-line'
import { hatecheckCases, noOracle, useOracle } from './_support/oracle'

const oracle = useOracle()
const { write, environment } = useWorkspace({ OPENAI_API_KEY: 'sk-test' })
const built = useBuiltCommandLine()
const touchstone = (...args: string[]) => startProcess(built.entry, args, environment)

describe.skipIf(noOracle)(`HateCheck against recorded answers${noOracle ? `: skipped, ${noOracle}` : ''}`, { timeout: 300_000 }, () => {
  const replay = (prompt: string, ...more: string[]) =>
    touchstone('replay', '--prompt', prompt, '--golden', 'hatecheck/cases', '--model', 'openai:any', '--base-url', oracle.baseUrl, ...more)

  it('imports, replays two prompts, compares, and prints the known figures', async () => {
    const imported = await touchstone(
      'import',
      hatecheckCases,
      '--policy',
      'hatecheck',
      '--golden',
      'cases',
      '--map',
      'id=case_id',
      '--map',
      'content=test_case',
      '--map',
      'expected=label_gold',
      '--positive',
      'hateful',
      '--json',
    ).finished
    expect(imported.exitCode).toBe(0)
    expect(JSON.parse(imported.stdout)).toMatchObject({
      schema: 'touchstone.import/1',
      policyCreated: true,
      goldenSetCreated: true,
      added: 3728,
      labels: { violates: 2563, allowed: 1165 },
      unlabelled: 0,
    })

    const replays: string[] = []
    for (const [profile, accuracy] of [
      ['davidson', 0.631706],
      ['founta', 0.601931],
    ] as const) {
      const { exitCode, stdout } = await replay(write(`${profile}.md`, `# Policy\n\noracle-profile: ${profile}\n`), '--json').finished
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout)
      expect(report).toMatchObject({
        schema: 'touchstone.replay/1',
        n: 3728,
        calls: 3728,
        cached: 0,
        unscored: { refused: 0, unparseable: 0, error: 0, unlabelled: 0 },
      })
      expect(report.accuracy).toBeCloseTo(accuracy, 6)
      replays.push(report.replay)
    }

    const compared = await touchstone('compare', replays[0] ?? '', replays[1] ?? '', '--json', '--by', 'functionality').finished
    expect(compared.exitCode).toBe(0)
    const comparison = JSON.parse(compared.stdout)
    expect(comparison).toMatchObject({
      schema: 'touchstone.comparison/1',
      n: 3728,
      verdict: 'worse',
      flips: { fixed: 415, regressed: 526, stillRight: 1829, stillWrong: 958, unscored: 0, added: 0, removed: 0, relabelled: 0 },
    })
    expect(comparison.baseline.accuracy).toBeCloseTo(0.631706, 6)
    expect(comparison.candidate.accuracy).toBeCloseTo(0.601931, 6)
    expect(comparison.cases).toHaveLength(3728)

    // The accuracy of each functionality, counted here from the file and the compared cases, without the product's slices.
    const rows = parse(readFileSync(hatecheckCases), { columns: true }) as Array<{ case_id: string; functionality: string }>
    const functionalityOf = new Map(rows.map((row) => [row.case_id, row.functionality]))
    const counted = new Map<string, { n: number; right: number }>()
    for (const { id, candidate } of comparison.cases as Array<{ id: string; candidate: { outcome: string } }>) {
      const name = functionalityOf.get(id) ?? ''
      const entry = counted.get(name) ?? { n: 0, right: 0 }
      counted.set(name, { n: entry.n + 1, right: entry.right + (candidate.outcome === 'correct' ? 1 : 0) })
    }
    expect(counted.size).toBe(29)
    expect(comparison.slices).toHaveLength(29)
    for (const slice of comparison.slices) {
      const { n, right } = counted.get(slice.value) ?? { n: 0, right: 0 }
      expect([slice.value, slice.n, slice.candidate.accuracy]).toEqual([slice.value, n, expect.closeTo(right / n, 9)])
    }

    const byVersion = await touchstone('compare', 'hatecheck@1', 'hatecheck@2', '--json', '--no-cases').finished
    expect(JSON.parse(byVersion.stdout)).toMatchObject({ flips: { fixed: 415, regressed: 526 }, baseline: { replay: replays[0] } })

    await oracle.reset()
    const again = await replay(write('davidson.md', '# Policy\n\noracle-profile: davidson\n'), '--json').finished
    expect(JSON.parse(again.stdout).replay).toBe(replays[0])
    expect((await oracle.stats()).requests).toBe(0)
  })

  it('stops cleanly when interrupted, and continues without asking a finished case again', async () => {
    await oracle.reset({ latencyMs: 20 })
    const prompt = write('interrupted.md', '# Another policy\n\noracle-profile: davidson\n')
    const first = replay(prompt, '--concurrency', '8')
    await untilAsked(200)
    first.child.kill('SIGINT')
    const stopped = await first.finished
    expect(stopped.exitCode).toBe(3)
    expect(stopped.stderr).toMatch(
      /Stopped\. The replay \w+ keeps what it has: [\d,]+ of 3,728 are done; run the same command again to continue it\./,
    )

    const second = replay(prompt, '--concurrency', '8')
    const askedBefore = (await oracle.stats()).requests
    await untilAsked(askedBefore + 200)
    second.child.kill('SIGKILL')
    expect((await second.finished).exitCode).toBeNull()

    await oracle.reset({ latencyMs: 0 })
    const third = await replay(prompt, '--json').finished
    expect(third.exitCode).toBe(0)
    expect(JSON.parse(third.stdout)).toMatchObject({ n: 3728, total: 3728, done: 3728 })
    expect(third.stderr).toContain('Continuing the replay')
    const { requests, repeatedRequests } = await oracle.stats()
    // Only what the killed process had under way is asked a second time; the server may have handled some of that after its reset.
    expect(repeatedRequests).toBeLessThanOrEqual(8)
    expect(requests).toBeLessThan(3728 - 350)
  })

  async function untilAsked(count: number): Promise<void> {
    while ((await oracle.stats()).requests < count) await new Promise((resolve) => setImmediate(resolve))
  }
})
