import { beforeAll, describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const replays: Record<string, string> = {}

beforeAll(async () => {
  const golden = Array.from({ length: 40 }, (_, index) =>
    JSON.stringify({
      id: `c${index}`,
      content: index % 2 ? `you zorblat ${index}` : `a quiet remark ${index}`,
      expected: { label: index % 2 ? 'violates' : 'allowed', rules: {} },
      mustPass: index < 16,
    }),
  ).join('\n')
  await run('import', write('noise.jsonl', golden), '--policy', 'noise', '--golden', 'cases')
  const replay = async (name: string, signal: string, ...more: string[]) => {
    const prompt = `# Policy\n\n## Rules\n\n### H1 — Slurs\n\nA slur.\n\n**Signals:** "${signal}"\n`
    const args = ['--prompt', write(`${signal}.md`, prompt), '--golden', 'noise/cases', '--model', 'touchstone:rehearsal', '--json']
    const { stdout } = await run('replay', ...args, ...more)
    replays[name] = JSON.parse(stdout).replay
  }
  await replay('baseline', 'zorblat')
  await replay('candidate', 'nothing-like-it')
  await replay('again', 'zorblat', '--new')
  await replay('baseline of three', 'zorblat', '--epochs', '3')
  await replay('candidate of three', 'nothing-like-it', '--epochs', '3')
})
const of = (name: string) => replays[name] ?? ''

describe('touchstone compare --noise', () => {
  it('states the noise floor of a second replay of the baseline', async () => {
    const { exitCode, stdout } = await run('compare', of('baseline'), of('candidate'), '--noise', of('again'), '--json')
    expect(exitCode).toBe(0)
    const { noise, cases } = JSON.parse(stdout)
    expect(noise).toMatchObject({ replay: of('again'), n: 40, flips: 0, rate: 0, fixedByNoise: 0, regressedByNoise: 0 })
    expect(cases.filter((compared: { noise?: boolean }) => compared.noise)).toEqual([])
  })

  it('finds it by itself, and prints it with the rest of the evidence', async () => {
    const { exitCode, stdout } = await run('compare', of('baseline'), of('candidate'))
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Noise floor 0.0%: 0 of 40 cases flip when the same version is asked again (replay ${of('again')})`)
    expect(stdout).toMatch(/Under-enforcement, same cases: 0\.0% → 100\.0% of 20 cases: \+100\.0 points, CI \+\d+\.\d to \+100\.0/)
    expect(stdout).toContain('Zero tolerance: 8 of 16 cases regressed; by chance up to 75.3% of such cases could still regress.')
  })

  it('refuses a replay that is none of the two again', async () => {
    const { exitCode, stderr } = await run('compare', of('baseline'), of('candidate'), '--noise', of('candidate'))
    expect(exitCode).toBe(3)
    expect(stderr).toContain('is no second replay of either side')
  })

  it('shows epochs and clusters the errors by case', async () => {
    const { exitCode, stdout } = await run('compare', of('baseline of three'), of('candidate of three'))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Steadiness before: Asked 3 times; 0.0% of the cases are answered unsteadily')
    expect(stdout).toContain('Over all epochs: −50.0 points')
  })
})
