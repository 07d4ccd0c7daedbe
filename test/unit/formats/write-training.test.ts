import { expect, it } from 'vitest'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { writeFineTuning, writePreferencePairs } from '~/formats/write-training'

const golden: GoldenCase = {
  id: 'a',
  content: 'some text',
  context: { parents: [] },
  expected: { label: 'violates', rules: {} },
  tags: [],
  mustPass: false,
  split: 'train',
  meta: {},
  annotations: [
    { annotator: 'x', label: 'allowed', rules: {}, note: 'fine with me' },
    { annotator: 'y', label: 'violates', rules: {}, note: 'a slur in the second word' },
  ],
}
const training = { scheme: defaultVerdictScheme, promptText: '# Policy\nNo slurs.' }

async function* each<T>(...values: T[]) {
  yield* values
}

async function firstLine(pieces: AsyncIterable<string>): Promise<Record<string, unknown>> {
  for await (const piece of pieces) return JSON.parse(piece) as Record<string, unknown>
  return {}
}

it('a chat to learn from ends with the expected verdict and the note of whoever corrected the model', async () => {
  const { messages } = (await firstLine(writeFineTuning(each(golden), training))) as { messages: Array<{ role: string; content: string }> }
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant'])
  expect(JSON.parse(messages.at(-1)?.content ?? '')).toMatchObject({ label: 'violates', rationale: 'a slur in the second word' })
  const noted = await firstLine(writeFineTuning(each({ ...golden, note: 'the note of the case' }), training))
  expect(JSON.stringify(noted)).toContain('the note of the case')
})

it('a preference pair has one input, the expected verdict and the wrong one', async () => {
  const pair = await firstLine(writePreferencePairs(each({ golden, rejected: { label: 'allowed', rules: [] } }), training))
  expect(pair).toMatchObject({
    input: { messages: [{ role: 'system' }, { role: 'user' }] },
    preferred_output: [{ role: 'assistant', content: expect.stringContaining('"label":"violates"') as string }],
    non_preferred_output: [{ role: 'assistant', content: expect.stringContaining('"label":"allowed"') as string }],
  })
})
