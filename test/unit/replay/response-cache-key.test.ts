import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ModelConfiguration } from '~/replay/model-configuration'
import { createCacheKeys, responseCacheKey } from '~/replay/response-cache-key'

const model: ModelConfiguration = { provider: 'openai', name: 'any' }
const scheme = defaultVerdictScheme
const messages = [
  { role: 'system' as const, content: 'Remove hate.' },
  { role: 'user' as const, content: 'hello' },
]
const key = (changes: Partial<Parameters<typeof responseCacheKey>[0]> = {}) =>
  responseCacheKey({ messages, model, scheme, epoch: 1, ...changes })

describe('the key of an answer', () => {
  test('is the same for the same request, however it was come by', () => {
    const keys = createCacheKeys(model, scheme)
    expect(keys(messages, 1)).toBe(key())
    expect(keys([messages[0]!, { role: 'user', content: 'other' }], 1)).not.toBe(key())
    expect(keys(messages, 1)).toBe(key())
    expect(key()).toMatch(/^[0-9a-f]{64}$/)
  })
  test.each([
    ['the epoch', { epoch: 2 }],
    ['the prompt', { messages: [{ role: 'system' as const, content: 'Remove hate!' }, messages[1]!] }],
    ['the content', { messages: [messages[0]!, { role: 'user' as const, content: 'hello ' }] }],
    ['a message more', { messages: [...messages, { role: 'user' as const, content: '' }] }],
    [
      'where one message ends and the next begins',
      { messages: [messages[0]!, { role: 'user' as const, content: 'hel' }, { role: 'user' as const, content: 'lo' }] },
    ],
    ['the model', { model: { ...model, name: 'other' } }],
    ['the server', { model: { ...model, baseUrl: 'http://127.0.0.1:1/v1' } }],
    ['the endpoint', { model: { ...model, api: 'chat' as const } }],
    ['the temperature', { model: { ...model, temperature: 0 } }],
    ['the seed', { model: { ...model, seed: 1 } }],
    ['the reasoning effort', { model: { ...model, reasoningEffort: 'low' as const } }],
    ['the token limit', { model: { ...model, maxOutputTokens: 5 } }],
    ['the answer format', { model: { ...model, answerFormat: 'json-in-words' as const } }],
    ['the labels', { scheme: { ...scheme, rules: [{ id: 'H1' }] } }],
  ])('changes with %s', (_, changes) => {
    expect(key(changes)).not.toBe(key())
  })
  test.each([
    ['the service tier', { model: { ...model, serviceTier: 'flex' as const } }],
    ['an answer format that is the default', { model: { ...model, answerFormat: 'json' as const } }],
    ['the name of a label, which is not sent', { scheme: { ...scheme, labels: scheme.labels.map((label) => ({ ...label, name: 'X' })) } }],
  ])('does not change with %s', (_, changes) => {
    expect(key(changes)).toBe(key())
  })
})
