import { expect, test } from 'vitest'
import { readRecorded, serveProvider } from '../support/provider-fixtures'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()

test('--retry-unscored asks again what a finished replay left unscored, and nothing else', async () => {
  let refusing = true
  await using provider = await serveProvider(({ body }) =>
    readRecorded(refusing && JSON.stringify(body.messages).includes('you absolute muppet') ? 'chat-refusal' : 'chat-ok'),
  )
  const cases = [
    { id: 'a', content: 'you absolute muppet', expected: 'violates' },
    { id: 'b', content: 'lovely weather', expected: 'allowed' },
  ]
  const golden = write('cases.jsonl', cases.map((item) => JSON.stringify(item)).join('\n'))
  const prompt = write('v1.md', '# Policy\n\nRemove insults.\n')
  const args = [
    'replay',
    '--prompt',
    prompt,
    '--golden',
    golden,
    '--policy',
    'chat',
    '--model',
    'openai:any',
    '--base-url',
    provider.baseUrl,
    '--json',
  ]
  const first = await run(...args)
  expect(JSON.parse(first.stdout)).toMatchObject({ n: 1, unscored: { refused: 1 }, calls: 2 })
  refusing = false
  const again = await run(...args, '--retry-unscored')
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain('Asking again: 1 unscored of 2')
  expect(JSON.parse(again.stdout)).toMatchObject({ replay: JSON.parse(first.stdout).replay, n: 2, unscored: { refused: 0 } })
  expect(provider.requests).toHaveLength(3)
})
