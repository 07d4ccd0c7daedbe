import { expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const cases = ['train', 'train', 'validation', 'holdout', 'holdout'].map((split, index) => ({
  id: `c${index}`,
  content: `message number ${index}`,
  expected: index % 2 ? 'violates' : 'allowed',
  split,
}))
const ids = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id)

it('divides a set, stratified and with duplicates on one side, as a revision that seals a fifth of it', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: `d${index}`,
    content: `${index % 2 ? 'THE' : 'the'} message of pair ${'abcdefghijklmnopqrst'.charAt(index >> 1).repeat(9)}`,
    expected: index % 4 < 2 ? 'violates' : 'allowed',
  }))
  await run('import', write('pairs.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')), '--policy', 'pairs')
  const { exitCode, stdout } = await run('split', 'pairs/pairs', '--shares', '50/25/25', '--seed', '7', '--json')
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    schema: 'touchstone.split/1',
    goldenSet: { policy: 'pairs', name: 'pairs', revision: 2 },
    seed: 7,
    counts: { train: 20, validation: 10, holdout: 10 },
    clustersKept: 20,
  })
  const all = (await run('export', 'pairs/pairs', '--reveal-holdout', 'test')).stdout.trim().split('\n')
  const splits = all.map((line) => (JSON.parse(line) as { split: string }).split)
  expect(splits.every((split, index) => split === splits[index - (index % 2)])).toBe(true)
  expect((await run('split', 'pairs/pairs', '--shares', '50/25')).exitCode).toBe(3)
})

it('puts on record that a document holds the holdout, and leaves it out on request', async () => {
  await run('import', write('set.jsonl', cases.map((row) => JSON.stringify(row)).join('\n')), '--policy', 'sealed')
  const plain = await run('export', 'sealed/set')
  expect({ exitCode: plain.exitCode, ids: ids(plain.stdout) }).toEqual({ exitCode: 0, ids: ['c0', 'c1', 'c2', 'c3', 'c4'] })
  expect(plain.stderr).toContain('2 cases of the holdout of set are in this document, which is on record')
  const sealed = await run('export', 'sealed/set', '--without-holdout')
  expect(ids(sealed.stdout)).toEqual(['c0', 'c1', 'c2'])
  expect(sealed.stderr).toContain('2 cases of set are in the sealed holdout')
  const opened = await run('export', 'sealed/set', '--reveal-holdout', 'audit of release 3')
  expect({ stderr: opened.stderr, ids: ids(opened.stdout) }).toEqual({ stderr: '', ids: ['c0', 'c1', 'c2', 'c3', 'c4'] })
  expect((await run('export', 'sealed/set', '--reveal-holdout', ' ')).exitCode).toBe(3)

  for (const [index, word] of ['one', 'two'].entries())
    await run(
      'replay',
      '--prompt',
      write(`v${index}.md`, `# Policy\n\n## R1\nRemove "${word}".\n`),
      '--golden',
      'sealed/set',
      '--model',
      'touchstone:rehearsal',
    )
  const document = JSON.parse((await run('compare', 'sealed@1', 'sealed@2', '--json', '--without-holdout')).stdout) as {
    n: number
    cases: unknown[]
    holdout: unknown
  }
  expect([document.n, document.cases.length, document.holdout]).toEqual([5, 3, { cases: 2, shown: false }])
  const shown = JSON.parse(
    (await run('compare', 'sealed@1', 'sealed@2', '--json', '--reveal-holdout', 'why v2 is worse')).stdout,
  ) as typeof document
  expect([shown.n, shown.cases.length, shown.holdout]).toEqual([5, 5, { cases: 2, shown: true }])

  const health = JSON.parse((await run('health', 'sealed/set', '--json')).stdout) as { looks?: unknown }
  expect(JSON.stringify(health)).toContain('no reason was given')
  expect(JSON.stringify(health)).toContain('audit of release 3')
})
