import { describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const cases = 600

/** Every third item holds the slur; a few are zero-tolerance cases without it. */
const golden = Array.from({ length: cases }, (_, index) =>
  JSON.stringify({
    id: `c${index}`,
    content: index % 3 === 0 ? `you are a zorblat number ${index}` : `a quiet remark number ${index}`,
    expected: index % 3 === 0 ? { label: 'violates', rules: { H1: true } } : { label: 'allowed', rules: { H1: false } },
    mustPass: index % 100 === 1,
  }),
).join('\n')

const prompt = (signal: string, words = '') =>
  `# Hate\n\n${words}## Rules\n\n### H1 — Slurs\n\nA slur demeans people.\n\n**Signals:** "${signal}"\n`

const suite = (candidate: string, gate: string) =>
  [
    'schema: touchstone.suite/1',
    `policy: stop`,
    'golden: stop.jsonl',
    'baseline: baseline.md',
    `candidate: ${candidate}`,
    'model: { provider: touchstone, name: rehearsal }',
    `gate: ${gate}`,
    '',
  ].join('\n')

write('stop.jsonl', golden)
write('baseline.md', prompt('zorblat'))

describe('touchstone gate --early-stop', () => {
  it('passes a candidate that changes nothing without replaying every case, and finishes the rest when asked without it', async () => {
    write('same.md', prompt('zorblat', 'Be kind to those who ask.\n\n'))
    const file = write('same.yaml', suite('same.md', '{ margin: 0.05 }'))
    const stopped = await run('gate', file, '--early-stop', '--json')
    expect(stopped.exitCode).toBe(0)
    const report = JSON.parse(stopped.stdout)
    expect(report).toMatchObject({ result: 'pass', earlyStop: { stopped: true, cases, callsInFull: 2 * cases } })
    const { earlyStop } = report
    expect(earlyStop.order).toEqual({ zeroTolerance: 6, flippedBefore: 0, changedRules: 0, random: 594 })
    expect(earlyStop.callsSaved).toBe(2 * (cases - earlyStop.replayed))
    expect(earlyStop.callsSaved).toBeGreaterThan(0)
    expect(report.comparison.n).toBe(earlyStop.replayed)
    expect(report.conditions[0].evidence).toContain(`${earlyStop.callsSaved} calls saved`)

    const full = await run('gate', file)
    expect(full.exitCode).toBe(0)
    expect(full.stdout).toContain('every case was answered on both sides')
    expect(full.stdout).not.toContain('Stopped early')
  })

  it('fails one that lost a rule, after the cases of that rule, and prints the seed', async () => {
    write('worse.md', prompt('nothing-like-it'))
    const file = write('worse.yaml', suite('worse.md', '{ margin: 0.02, slices: [{ by: rule, recall: 0.1 }] }'))
    const { exitCode, stdout, stderr } = await run('gate', file, '--early-stop', '--seed', '42')
    expect(stderr).toContain('Replaying the candidate')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('seed 42')
    expect(stdout).toMatch(/Stopped early: \d+ of 600 labelled cases replayed, [\d,]+ of 1,200 calls saved; the figures are of the part/)
  })

  it('replays every case where a floor needs them all', async () => {
    const tight = write('tight.yaml', suite('same.md', '{ margin: 0.02, overall: { recall: 0.5 } }'))
    const { exitCode, stdout } = await run('gate', tight, '--early-stop', '--new')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Not stopped early')
  })

  it('never passes a golden set other than the one meant', async () => {
    write('other.md', prompt('zorblat', 'Be brief.\n\n'))
    const file = write('other.yaml', `${suite('other.md', '{ margin: 0.05 }')}goldenHash: "00000000"\n`)
    const { exitCode, stdout } = await run('gate', file, '--early-stop')
    expect(exitCode).toBe(2)
    expect(stdout).toContain('which this is not')
  })
})
