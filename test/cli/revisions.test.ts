import { expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')
const first = [
  { id: 'a', content: 'they are all fine', expected: 'allowed' },
  { id: 'b', content: 'stays', expected: 'allowed' },
  { id: 'c', content: 'goes away', expected: 'violates' },
  { id: 'e', content: 'changes label', expected: 'violates' },
]
const second = [
  { id: 'a', content: 'they are not\u202e fine', expected: 'allowed' },
  { id: 'b', content: 'stays', expected: 'allowed' },
  { id: 'd', content: 'is new' },
  { id: 'e', content: 'changes label', expected: 'allowed' },
]

it('lists revisions and says what differs between two, either way', async () => {
  await run('import', write('set.jsonl', lines(first)), '--policy', 'chat')
  await run('import', write('set.jsonl', lines(second)), '--policy', 'chat', '--mirror')
  const listed = await run('revisions', 'chat/set')
  expect(listed.stdout).toContain('1 added, 1 changed, 1 relabelled, 1 removed')
  expect(listed.stdout).toContain('tester')
  expect(JSON.parse((await run('revisions', 'chat/set', '--json')).stdout)).toMatchObject({
    schema: 'touchstone.revisions/1',
    revisions: [{ number: 2, added: 1, changed: 1, relabelled: 1, removed: 1 }, { number: 1 }],
  })
  const printed = (await run('revisions', 'chat/set', '1', '2')).stdout
  for (const part of ['content: they are [-all-]{+not\\u{202e}+} fine', 'label: [-violates-] {+allowed+}', '- c (removed)', '+ d (added)'])
    expect(printed).toContain(part)
  const read = async (...pair: string[]) =>
    JSON.parse((await run('revisions', 'chat/set', ...pair, '--json')).stdout) as {
      counts: object
      cases: Array<{ id: string; kind: string }>
    }
  const forward = await read('1', '2')
  expect(forward.counts).toEqual({ added: 1, changed: 1, relabelled: 1, removed: 1 })
  expect(forward.cases.map(({ id, kind }) => [id, kind])).toEqual([
    ['a', 'changed'],
    ['c', 'removed'],
    ['e', 'relabelled'],
    ['d', 'added'],
  ])
  expect((await read('2', '1')).counts).toEqual({ added: 1, changed: 1, relabelled: 1, removed: 1 })
  expect((await read('2', '2')).cases).toEqual([])
  expect((await run('revisions', 'chat/set', '1', '7')).exitCode).toBe(3)
})
