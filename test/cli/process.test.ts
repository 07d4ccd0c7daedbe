import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { startProcess, useBuiltCommandLine, useWorkspace } from './_support/command-line'

const { environment, write } = useWorkspace()
const built = useBuiltCommandLine()
const touchstone = (...args: string[]) => startProcess(built.entry, args, environment).finished

describe('the process', () => {
  it.each([[], ['import'], ['replay'], ['compare'], ['gate'], ['export'], ['policies'], ['serve']])(
    'explains itself: %s --help',
    async (...command) => {
      const { exitCode, stdout, stderr } = await touchstone(...command, '--help')
      expect(exitCode).toBe(0)
      expect(stdout).toContain(`Usage: touchstone ${command.join(' ')}`.trim())
      expect(stdout).toContain('Examples:')
      expect(stderr).toBe('')
    },
  )

  it('loads nothing heavy for its help', async () => {
    const { stderr } = await startProcess(built.entry, ['--help'], { ...environment, NODE_DEBUG: 'esm' }).finished
    for (const heavy of ['better-sqlite3', 'zod', 'csv-parse', '@ai-sdk', 'yaml']) expect(stderr).not.toContain(`node_modules/${heavy}/`)
  })

  it('opens Prisma to write, and not for a gate that finds everything replayed', async () => {
    const suite = 'evals/suites/community-hate.yaml'
    const gate = () => startProcess(built.entry, ['gate', suite, '--json'], { ...environment, NODE_DEBUG: 'esm' }).finished
    const [first, again] = [await gate(), await gate()]
    expect(first.stderr).toContain('@prisma/client/runtime/')
    expect(again.stderr).not.toContain('@prisma/')
    expect(JSON.parse(again.stdout)).toMatchObject({ baseline: { reused: true }, candidate: { reused: true } })
  })

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['import', 'x.csv'], "required option '--policy <slug>' not specified"],
    [['compare', 'a', 'b', '--margin', '2'], 'It must be a number between 0 and 1.'],
    [['compare', 'a'], "missing required argument 'candidate'"],
    [['replay', '--prompt', 'p', '--golden', 'g', '--model', 'm', '--epochs', '0'], 'It must be a whole number from 1 to 100.'],
  ])('takes %j for a usage error, which is 3', async (args, message) => {
    const { exitCode, stdout, stderr } = await touchstone(...args)
    expect(exitCode).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })

  it('names a bad environment variable', async () => {
    const { exitCode, stderr } = await startProcess(built.entry, ['policies'], { ...environment, PORT: 'many' }).finished
    expect(exitCode).toBe(3)
    expect(stderr).toContain('PORT="many"')
  })

  it('ends quietly when its reader has seen enough', async () => {
    const cases = Array.from({ length: 20_000 }, (_, index) => JSON.stringify({ id: `c${index}`, content: 'x'.repeat(200) })).join('\n')
    await touchstone('import', write('many.jsonl', cases), '--policy', 'many')
    const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${built.entry}" export many/many | head -n 1`], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    })
    expect(piped.stdout.split('\n')).toHaveLength(2)
    expect(piped.stderr).toBe('')
  })
})
