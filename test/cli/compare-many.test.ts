import { beforeAll, describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const signals = ['zorblat', 'nothing-like-it', 'zorblat']
const replays: string[] = []

beforeAll(async () => {
  const golden = Array.from({ length: 60 }, (_, index) =>
    JSON.stringify({
      id: `c${index}`,
      content: index % 2 ? `you zorblat ${index}` : `a quiet remark ${index}`,
      expected: { label: index % 2 ? 'violates' : 'allowed', rules: {} },
    }),
  ).join('\n')
  await run('import', write('many.jsonl', golden), '--policy', 'many', '--golden', 'cases')
  for (const [index, signal] of signals.entries()) {
    const prompt = `# Version ${index}\n\n## Rules\n\n### H1 — Slurs\n\nA slur.\n\n**Signals:** "${signal}"\n`
    const file = write(`v${index}.md`, prompt)
    const { stdout } = await run('replay', '--prompt', file, '--golden', 'many/cases', '--model', 'touchstone:rehearsal', '--json')
    replays.push(JSON.parse(stdout).replay)
  }
})

describe('touchstone compare with more than two replays', () => {
  it('prints one table of all, Cochran Q and every pair', async () => {
    const { exitCode, stdout, stderr } = await run('compare', ...replays)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('The 3 versions differ')
    expect(stdout).toMatch(/Cochran Q = [\d.]+, 2 degrees of freedom, p < 0\.0001/)
    expect(stdout).toMatch(/v1 → v2\s+worse/)
    expect(stdout).toMatch(/v2 → v3\s+better/)
    expect(stderr).toContain('rehearsal')
  })

  it('prints one JSON document', async () => {
    const { exitCode, stdout } = await run('compare', ...replays, '--json', '--margin', '0.1')
    expect(exitCode).toBe(0)
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ schema: 'touchstone.comparison-many/1', n: 60, margin: 0.1, cochranQ: { df: 2 } })
    expect(document.versions.map((version: { accuracy: number }) => version.accuracy)).toEqual([1, 0.5, 1])
    expect(document.pairs).toHaveLength(3)
  })

  it('refuses what only two replays can have, and a replay named three times', async () => {
    const sliced = await run('compare', ...replays, '--by', 'rule')
    expect(sliced.exitCode).toBe(3)
    expect(sliced.stderr).toContain('--by is for two replays, not 3.')
    const [one = ''] = replays
    const alone = await run('compare', one, one, one)
    expect(alone.exitCode).toBe(3)
    expect(alone.stderr).toContain('at least two different replays')
  })
})
