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
  const others = await run(...args, '--retry-unscored', 'error,Truncated')
  expect(others.stderr).toContain('finished already')
  const unknown = await run(...args, '--retry-unscored', 'refusal')
  expect(unknown).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('refused, contentFilter') })
  expect(provider.requests).toHaveLength(2)
  const again = await run(...args, '--retry-unscored', 'refused')
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain('Asking again: 1 unscored of 2')
  expect(JSON.parse(again.stdout)).toMatchObject({ replay: JSON.parse(first.stdout).replay, n: 2, unscored: { refused: 0 } })
  expect(provider.requests).toHaveLength(3)
})

test('--json: every line on stderr is an event, and what the provider did not take stays with the replay', async () => {
  await using provider = await serveProvider(({ body }) => readRecorded('temperature' in body ? 'error-400-temperature' : 'chat-ok'))
  const golden = write(
    'warned.jsonl',
    ['a', 'b', 'c'].map((id) => JSON.stringify({ id, content: `text ${id}`, expected: 'allowed' })).join('\n'),
  )
  const model = ['--model', 'openai:any', '--base-url', provider.baseUrl, '--temperature', '0', '--policy', 'warned']
  const args = ['replay', '--prompt', write('warned.md', '# Policy\n\nRemove insults.\n'), '--golden', golden, ...model]
  const first = await run(...args, '--json')
  expect(first.exitCode).toBe(0)
  const events = first.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(new Set(events.map(({ schema }) => schema))).toEqual(new Set(['touchstone.event/1']))
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['note', 'started', 'warning', 'progress', 'finished']))
  expect(events.find(({ type }) => type === 'progress')).toMatchObject({
    total: 3,
    unscored: { refused: 0, error: 0 },
    ratePerSecond: expect.any(Number),
    inFlight: expect.any(Number),
    concurrencyLimit: expect.any(Number),
    cached: 0,
    callsPerSecondLimit: null,
  })
  expect(events.at(-1)).toMatchObject({ type: 'finished', status: 'finished', done: 3 })
  const kept = [expect.stringContaining('does not take temperature'), expect.stringContaining('The price of openai:any is not known')]
  expect(JSON.parse(first.stdout).warnings).toEqual(kept)

  const shownAgain = await run(...args)
  expect(shownAgain.stdout).toContain('Note: any does not take temperature: left out.')
  const anew = await run(...args, '--new', '--json')
  expect(JSON.parse(anew.stdout).warnings).toEqual([kept[0], expect.stringContaining('All 3 answers came from the cache')])
})

test('--json: a failure is an event too, and stdout stays empty', async () => {
  const { exitCode, stdout, stderr } = await run('replay', '--prompt', 'none.md', '--golden', 'nowhere', '--model', 'openai:x', '--json')
  expect(exitCode).toBe(3)
  expect(stdout).toBe('')
  expect(JSON.parse(stderr)).toMatchObject({
    schema: 'touchstone.event/1',
    type: 'error',
    message: expect.any(String),
    advice: expect.anything(),
  })
})

test('a ceiling of the workspace: an unknown price is refused, a known one stops in time and goes on when it is raised', async () => {
  await using provider = await serveProvider(() => readRecorded('chat-ok'))
  const golden = write(
    'money.jsonl',
    Array.from({ length: 40 }, (_, index) => JSON.stringify({ id: `m${index}`, content: `text ${index}`, expected: 'allowed' })).join('\n'),
  )
  const args = [
    'replay',
    '--prompt',
    write('money.md', '# Policy\n\nRemove insults.\n'),
    '--golden',
    golden,
    '--policy',
    'money',
    '--model',
    'openai:priced',
    '--base-url',
    provider.baseUrl,
    '--json',
  ]
  expect((await run('budget', '0.01')).stdout).toContain('The ceiling is $0.01')
  const refused = await run(...args)
  expect(refused.exitCode).toBe(3)
  expect(refused.stderr).toContain('The price of openai:priced is not known')
  const models = { priced: { inputUsd: 1, outputUsd: 10 } }
  write('prices.json', JSON.stringify({ schema: 'touchstone.prices/1', date: '2026-11-01', source: 'a test', models }))
  const stopped = await run(...args)
  expect(stopped.exitCode).toBe(3)
  const document = JSON.parse(stopped.stdout)
  expect(document).toMatchObject({ status: 'cancelled', statusReason: expect.stringContaining('ceiling of $0.01') })
  expect(JSON.parse(stopped.stderr.split('\n').find((line) => line.includes('"estimate"')) ?? '{}')).toMatchObject({
    calls: 40,
    costUsd: expect.any(Number),
    spending: { ceilingUsd: 0.01, spentUsd: 0 },
  })
  expect(document.costUsd).toBeLessThanOrEqual(0.01)
  expect(document.done).toBeGreaterThan(0)
  expect(JSON.parse((await run('budget', '--json')).stdout)).toMatchObject({
    schema: 'touchstone.budget/1',
    ceilingUsd: 0.01,
    spentUsd: document.costUsd,
    heldUsd: 0,
  })
  await run('budget', 'none')
  expect(JSON.parse((await run(...args)).stdout)).toMatchObject({ replay: document.replay, status: 'finished', done: 40 })
  for (const value of ['-1', 'much', '']) expect((await run('budget', value)).exitCode).toBe(3)
})

test('raw answers: exported word for word on request, and kept out on request', async () => {
  await using provider = await serveProvider(() => readRecorded('chat-ok'))
  const golden = write('raw.jsonl', JSON.stringify({ id: 'r', content: 'text', expected: 'allowed' }))
  const args = [
    'replay',
    '--prompt',
    write('raw.md', '# Policy\n\nRemove insults.\n'),
    '--golden',
    golden,
    '--policy',
    'raw',
    '--model',
    'openai:any',
    '--base-url',
    provider.baseUrl,
    '--json',
  ]
  const kept = JSON.parse((await run(...args)).stdout).replay
  const plain = JSON.parse((await run('export', kept)).stdout)
  expect(plain).not.toHaveProperty('answer')
  const raw = JSON.parse((await run('export', kept, '--raw-answers')).stdout)
  const body = readRecorded('chat-ok').body as { choices: Array<{ message: { content: string } }> }
  expect(raw).toMatchObject({ ...plain, answer: body.choices[0]!.message.content, inputTokens: 1412, cached: false, calls: 1 })
  const without = JSON.parse((await run(...args, '--new', '--no-cache', '--no-raw-answers')).stdout).replay
  expect(JSON.parse((await run('export', without, '--raw-answers')).stdout)).toMatchObject({ answer: null, verdict: plain.verdict })
  expect((await run('export', kept, '--raw-answers', '--format', 'csv')).exitCode).toBe(3)
})
