import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { renderMessages } from '~/domain/prompt/render'
import { readAnswer } from '~/domain/verdict/read-answer'
import { createModelClient } from '~/providers/model-clients'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { ModelClient } from '~/replay/ports'
import { readRecorded, serveProvider } from '../support/provider-fixtures'

/** What the engine relies on, whoever answers. */
const scheme = defaultVerdictScheme
const messages = renderMessages({ promptText: 'Remove "vermin".', scheme, case: { content: 'they are vermin', context: { parents: [] } } })

async function withClient(kind: string, work: (client: ModelClient, configuration: ModelConfiguration) => Promise<void>): Promise<void> {
  if (kind === 'touchstone:rehearsal') {
    const configuration: ModelConfiguration = { provider: 'touchstone', name: 'rehearsal' }
    return await work(createModelClient(configuration), configuration)
  }
  const api = kind.startsWith('responses') ? 'responses' : 'chat'
  await using provider = await serveProvider(() => readRecorded(api === 'responses' ? 'responses-ok' : 'chat-ok'))
  const configuration: ModelConfiguration = { provider: 'openai', name: 'any', api, baseUrl: provider.baseUrl }
  await work(createModelClient(configuration, kind.endsWith('global') ? { fetch: globalThis.fetch } : {}), configuration)
}

describe.each(['touchstone:rehearsal', 'responses, lean', 'responses, global', 'chat, lean', 'chat, global'])(
  'a model client (%s)',
  (kind) => {
    test('knows its configuration and answers with what the parser reads', async () => {
      await withClient(kind, async (client, configuration) => {
        expect(client.configuration).toEqual(configuration)
        const answer = await client.answer({ messages, scheme, signal: new AbortController().signal })
        expect(answer.finish).toBe('stop')
        expect(Object.keys(answer.usage).sort()).toEqual(['cachedInputTokens', 'inputTokens', 'outputTokens', 'reasoningTokens'])
        const reading = readAnswer({ ...answer, scheme })
        expect(reading.status).toBe('verdict')
      })
    })
    test('throws the reason of a signal that is aborted already', async () => {
      await withClient(kind, async (client) => {
        const reason = new Error('stopped')
        await expect(client.answer({ messages, scheme, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      })
    })
    test('serves many calls at once', async () => {
      await withClient(kind, async (client) => {
        const call = () => client.answer({ messages, scheme, signal: new AbortController().signal })
        const answers = await Promise.all(Array.from({ length: 50 }, call))
        expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
      })
    })
  },
)

describe('a post over our own pool brings what the global fetch does', () => {
  test.each([
    'chat-ok',
    'chat-refusal',
    'chat-length',
    'responses-ok',
    'responses-refusal',
    'error-429',
    'error-500',
    'html',
    'error-503-html',
  ])('%s', async (name) => {
    await using provider = await serveProvider(() => readRecorded(name))
    const configuration: ModelConfiguration = {
      provider: 'openai',
      name: 'any',
      api: name.startsWith('responses') ? 'responses' : 'chat',
      baseUrl: provider.baseUrl,
    }
    const outcomes = []
    for (const access of [{}, { fetch: globalThis.fetch }]) {
      const client = createModelClient(configuration, access)
      outcomes.push(
        await client.answer({ messages, scheme, signal: new AbortController().signal }).catch((error: unknown) => {
          const { message, details } = error as { message: string; details: unknown }
          return { message, details }
        }),
      )
    }
    expect(outcomes[0]).toEqual(outcomes[1])
    expect(provider.requests[0]!.body).toEqual(provider.requests[1]!.body)
  })
})
