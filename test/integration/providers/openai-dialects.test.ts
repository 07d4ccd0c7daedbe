import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme as scheme } from '~/domain/policy/verdict-scheme'
import { renderMessages } from '~/domain/prompt/render'
import { readAnswer } from '~/domain/verdict/read-answer'
import { createModelClient } from '~/providers/model-clients'
import { answerFormatOf, type ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError, type ModelAnswer } from '~/replay/ports'
import { serveProvider, type RecordedAnswer, type ServedRequest } from '../../support/provider-fixtures'

/** What servers and gateways that speak OpenAI's protocol say in words of their own, as their documentation or their users report it. */

const headers = { 'content-type': 'application/json' }
const verdict = JSON.stringify({ rationale: 'r', label: 'violates', confidence: 0.9 })
const chat = (choice: Record<string, unknown> = {}, more: Record<string, unknown> = {}): RecordedAnswer => ({
  status: 200,
  headers,
  body: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: verdict }, finish_reason: 'stop', ...choice }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...more,
  },
})
const fails = (status: number, body: unknown): RecordedAnswer => ({ status, headers, body })

/** Asks one client as often as there are answers to give; what came of each call, and what was sent. */
async function ask(
  respond: (request: ServedRequest, number: number) => RecordedAnswer,
  { calls = 1, ...model }: Partial<ModelConfiguration> & { calls?: number } = {},
) {
  await using provider = await serveProvider(respond)
  const configuration: ModelConfiguration = { provider: 'openai', name: 'any', baseUrl: provider.baseUrl, ...model }
  const client = await createModelClient(configuration)
  const answerFormat = answerFormatOf(configuration)
  const messages = renderMessages({ promptText: 'Remove hate.', scheme, case: { content: 'text', context: { parents: [] } }, answerFormat })
  const ends: Array<ModelAnswer | ModelCallError> = []
  for (let call = 0; call < calls; call++)
    ends.push(
      await client.answer({ messages, scheme, signal: new AbortController().signal }).catch((error: unknown) => {
        if (error instanceof ModelCallError) return error
        throw error
      }),
    )
  return { ends, first: ends[0]!, sent: provider.requests.map(({ body }) => body) }
}
const readingOf = (end: ModelAnswer | ModelCallError) => {
  if (end instanceof ModelCallError) throw end
  return readAnswer({ ...end, scheme })
}

describe('a filter that stopped a request is no error and no refused configuration', () => {
  test.each([
    ['Azure', 400, { error: { code: 'content_filter', param: 'prompt', message: 'The response was filtered.', status: 400 } }],
    [
      'Azure, the filter named within',
      400,
      { error: { code: '400', message: 'The prompt triggered a policy.', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    ],
    [
      'Azure, in words',
      400,
      { error: { message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy." } },
    ],
    ['Anthropic', 400, { type: 'error', error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' } }],
    ['DashScope', 400, { error: { code: 'data_inspection_failed', message: 'Input data may contain inappropriate content.' } }],
    [
      'OpenAI',
      400,
      { error: { code: 'invalid_prompt', message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.' } },
    ],
    [
      'OpenRouter, as 403',
      403,
      { error: { code: 403, message: 'any requires moderation. Your input was flagged for "hate".', metadata: { reasons: ['hate'] } } },
    ],
  ])('%s', async (_, status, body) => {
    expect(readingOf((await ask(() => fails(status, body))).first)).toMatchObject({ status: 'unscored', reason: 'contentFilter' })
  })

  test.each(['content_filter', 'content_filter: PROHIBITED_CONTENT', 'SAFETY', 'sensitive'])('finish_reason %s', async (reason) => {
    const { first } = await ask(() => chat({ message: { role: 'assistant', content: null }, finish_reason: reason }))
    expect(readingOf(first)).toMatchObject({ status: 'unscored', reason: 'contentFilter' })
  })

  test.each(['Country, region, or territory not supported', 'You are not allowed to use this model'])(
    '403 %j still ends the replay',
    async (message) => {
      expect((await ask(() => fails(403, { error: { message } }))).first).toMatchObject({ details: { kind: 'lasting' } })
    },
  )
})

describe('what an answer is', () => {
  test.each(['model_length', 'max_tokens'])('finish_reason %s is an answer that was cut off, whole as it may look', async (reason) => {
    expect(readingOf((await ask(() => chat({ finish_reason: reason }))).first)).toMatchObject({ reason: 'truncated' })
  })

  test('of several answers the first by its index counts', async () => {
    const answer = chat()
    const [choice] = (answer.body as { choices: unknown[] }).choices
    const other = { index: 1, message: { role: 'assistant', content: '{"label":"allowed"}' }, finish_reason: 'stop' }
    const { first } = await ask(() => chat({}, { choices: [other, choice] }))
    expect(readingOf(first)).toMatchObject({ verdict: { label: 'violates' } })
  })

  test('JSON that the server itself does not take for JSON is unparseable, and kept', async () => {
    const error = {
      message: "Failed to generate JSON. See 'failed_generation'.",
      code: 'json_validate_failed',
      failed_generation: 'Well, …',
    }
    const { first } = await ask(() => fails(400, { error }))
    expect(first).toMatchObject({ text: 'Well, …' })
    expect(readingOf(first)).toMatchObject({ reason: 'unparseable' })
  })

  test.each([
    [
      'an error in the place of a choice',
      chat({ finish_reason: 'error', message: { role: 'assistant', content: '' }, error: { code: 502, message: 'Upstream broke' } }),
      /Upstream broke/,
    ],
    ['finish_reason error alone', chat({ finish_reason: 'error' }), /broke off/],
    ['an error with its status as the code', fails(200, { error: { code: 502, message: 'Provider returned error' } }), /Provider returned/],
  ])('%s, with status 200, is worth another try', async (_, answer, words) => {
    const { first } = await ask(() => answer)
    expect(first).toMatchObject({ details: { kind: 'transient', status: 502 }, message: expect.stringMatching(words) })
  })
})

describe('a request that is too long is an error of its case, and nothing is learnt from it', () => {
  test.each([
    [
      'vLLM',
      400,
      {
        error: {
          message:
            "'max_tokens' or 'max_completion_tokens' is too large: 300. This model's maximum context length is 8192 tokens and your request has 8100 input tokens.",
          type: 'BadRequestError',
          param: 'max_tokens',
          code: 400,
        },
      },
    ],
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size. try increasing the context size',
          type: 'exceed_context_size_error',
        },
      },
    ],
    ['an older llama.cpp', 500, { error: { code: 500, message: 'the request exceeds the available context size.', type: 'server_error' } }],
    [
      'OpenAI, more than the limit of a whole minute',
      429,
      {
        error: {
          code: 'rate_limit_exceeded',
          type: 'tokens',
          message: 'Request too large for m on tokens per min (TPM): Limit 30000, Requested 45000.',
        },
      },
    ],
  ])('%s', async (_, status, body) => {
    const { ends, sent } = await ask((_request, number) => (number === 1 ? fails(status, body) : chat()), {
      calls: 2,
      maxOutputTokens: 300,
    })
    expect(ends[0]).toMatchObject({ details: { kind: 'request' } })
    expect(ends[1]).toMatchObject({ warnings: [] })
    expect(sent.map(({ max_tokens }) => max_tokens)).toEqual([300, 300])
  })
})

describe('what a server does not take', () => {
  const refuse = (name: string) => ({ detail: [{ type: 'extra_forbidden', loc: ['body', name], msg: 'Extra inputs are not permitted' }] })

  test.each([
    ['FastAPI', refuse('seed')],
    ['Mistral', { object: 'error', message: refuse('seed'), type: 'invalid_request_error', param: null, code: null }],
    ['a list of one', [{ error: { code: 400, message: 'Unknown name "seed": Cannot find field.' } }]],
  ])('%s: a parameter is left out with a warning', async (_, body) => {
    const { first, sent } = await ask((request) => ('seed' in request.body ? fails(422, body) : chat()), { seed: 7 })
    expect(first).toMatchObject({ warnings: ['any does not take seed: left out.'] })
    expect(sent).toHaveLength(2)
  })

  test('the limit of an answer keeps its value under its newer name, and is left out where neither is taken', async () => {
    const error = (name: string, other: string) => ({
      error: {
        message: `Unsupported parameter: '${name}' is not supported with this model. Use '${other}' instead.`,
        code: 'unsupported_parameter',
        param: name,
      },
    })
    const old = await ask((request) => ('max_tokens' in request.body ? fails(400, error('max_tokens', 'max_completion_tokens')) : chat()), {
      maxOutputTokens: 300,
      calls: 2,
    })
    expect(old.sent.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens])).toEqual([
      [300, undefined],
      [undefined, 300],
      [undefined, 300],
    ])
    expect(old.ends).toMatchObject([{ warnings: [] }, { warnings: [] }])

    const neither = await ask(
      (request) => {
        const name = ['max_tokens', 'max_completion_tokens'].find((key) => key in request.body)
        return name === undefined ? chat() : fails(400, error(name, 'max_completion_tokens'))
      },
      { maxOutputTokens: 300 },
    )
    expect(neither.sent).toHaveLength(3)
    expect(neither.first).toMatchObject({ warnings: ['any does not take maxOutputTokens: left out.'] })
  })

  test('a schema that a server fails over, with status 500, is asked for in words', async () => {
    const { first } = await ask((request) =>
      'response_format' in request.body ? fails(500, { error: { message: 'failed to parse grammar' } }) : chat(),
    )
    expect(first).toMatchObject({ warnings: [expect.stringContaining('in words')] })
  })

  test('a content that is answered with 422 is an error of its case', async () => {
    const { first } = await ask(() => fails(422, { error: { message: 'Unprocessable text' } }))
    expect(first).toMatchObject({ details: { kind: 'request' } })
  })

  test.each([
    [422, refuse('messages'), /not permitted/],
    [501, { error: { message: 'Not implemented' } }, /does not offer/],
  ])('a first call that is answered with %i ends the replay at once', async (status, body, words) => {
    const { first } = await ask(() => fails(status, body))
    expect(first).toMatchObject({ details: { kind: 'lasting', advice: expect.any(String) }, message: expect.stringMatching(words) })
  })
})

describe('the tier in which an answer was given', () => {
  test.each([
    ['as asked for', 'o3', {}, undefined],
    ['as the provider says', 'o3', { service_tier: 'default' }, 'default'],
    ['left out for a model that has no such tier', 'gpt-4.1-mini', {}, 'default'],
  ])('%s', async (_, name, more, serviceTier) => {
    const { first } = await ask(() => chat({}, more), { name, serviceTier: 'flex' })
    expect(first instanceof ModelCallError ? first : first.serviceTier).toBe(serviceTier)
  })
})
