import { createOpenAI } from '@ai-sdk/openai'
import { generateText, jsonSchema, Output } from 'ai'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelMessage } from '~/domain/prompt/messages'
import { RequestTemplate } from '~/providers/request-template'

const target = { apiKey: 'sk-test', baseUrl: 'http://127.0.0.1:1/v1' }
const settings = {
  temperature: 0,
  maxOutputTokens: 300,
  output: Output.object({ name: 'verdict', schema: jsonSchema({ type: 'object', properties: { label: { type: 'string' } } }) }),
}

/** What the SDK itself sends for these very messages. */
async function sentBySdk(api: 'responses' | 'chat', modelName: string, messages: ModelMessage[]) {
  let sent: { url: string; body: unknown } | null = null
  const provider = createOpenAI({
    apiKey: target.apiKey,
    baseURL: target.baseUrl,
    fetch: async (input, init) => {
      sent = { url: String(input), body: JSON.parse(String(init?.body)) }
      return Response.json({ error: { message: 'enough' } }, { status: 400 })
    },
  })
  const model = api === 'responses' ? provider.responses(modelName) : provider.chat(modelName)
  await generateText({ ...settings, model, messages, allowSystemInMessages: true, maxRetries: 0 }).catch(() => undefined)
  return sent
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constant('touchstone-text-0-goes-here "\\\u0000\u2028'),
)

describe.each(['chat', 'responses'] as const)('a request template for %s', (api) => {
  test.each(['gpt-4.1-mini', 'gpt-5-mini', 'qwen3:8b'])(
    'filled with texts is the request that the SDK makes of them (%s)',
    async (modelName) => {
      for (const roles of [['system', 'user'], ['user'], ['system', 'user', 'user'], ['system', 'user', 'assistant', 'user']] as const) {
        const template = await RequestTemplate.write({ ...target, modelName, api }, roles, settings, null)
        await fc.assert(
          fc.asyncProperty(fc.tuple(...roles.map(() => text)), async (texts) => {
            const messages = roles.map((role, index) => ({ role, content: texts[index]! }))
            const body: unknown = JSON.parse(template.fill(messages))
            expect({ url: template.url, body }).toEqual(await sentBySdk(api, modelName, messages))
          }),
          { numRuns: 25 },
        )
      }
    },
  )

  test('says once what the SDK leaves out', async () => {
    const { warnings } = await RequestTemplate.write({ ...target, modelName: 'gpt-5-mini', api }, ['system', 'user'], settings, null)
    expect(warnings).toEqual([expect.stringMatching(/^gpt-5-mini does not take temperature: left out/)])
  })

  test('a last instruction stands below the last system message, or is one', async () => {
    const bodyOf = async (roles: Array<ModelMessage['role']>) => {
      const template = await RequestTemplate.write({ ...target, modelName: 'qwen3:8b', api }, roles, {}, 'Answer in JSON.')
      return JSON.parse(template.fill(roles.map((role, index) => ({ role, content: `text ${index}` })))) as Record<string, unknown>
    }
    const key = api === 'chat' ? 'messages' : 'input'
    expect((await bodyOf(['system', 'user']))[key]).toMatchObject([
      { role: 'system', content: 'text 0\n\nAnswer in JSON.' },
      { role: 'user' },
    ])
    expect((await bodyOf(['user']))[key]).toMatchObject([{ role: 'system', content: 'Answer in JSON.' }, { role: 'user' }])
  })
})
