import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { http, HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { renderMessages } from '~/domain/prompt/render'
import { readAnswer } from '~/domain/verdict/read-answer'
import { createModelClient, parseModelName, type ModelAccess } from '~/providers/model-clients'
import { answerFormatOf, type ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError } from '~/replay/ports'
import type { ModelAnswer } from '~/replay/ports'
import { httpEdge } from '../../setup/msw'
import { bodyText, readRecorded, serveProvider } from '../../support/provider-fixtures'

const apiKey = 'sk-test-0123456789abcdef'
const scheme = { ...defaultVerdictScheme, rules: [{ id: 'H2', name: 'Dehumanisation' }, { id: 'A1' }, { id: 'hate' }] }

type Sent = { url: string; headers: Headers; body: Record<string, unknown> }

/** Answers calls to OpenAI with the recorded bodies, one after the other; the last one stays. */
function recorded(...names: string[]): Sent[] {
  const sent: Sent[] = []
  httpEdge.use(
    http.post('https://api.openai.com/v1/*', async ({ request }) => {
      sent.push({ url: request.url, headers: request.headers, body: (await request.json()) as Record<string, unknown> })
      const answer = readRecorded(names[Math.min(sent.length, names.length) - 1]!)
      return new HttpResponse(bodyText(answer), { status: answer.status, headers: answer.headers })
    }),
  )
  return sent
}

async function ask(configuration: Partial<ModelConfiguration> = {}, access: ModelAccess = {}): Promise<ModelAnswer> {
  const model: ModelConfiguration = { provider: 'openai', name: 'gpt-4.1-mini', ...configuration }
  const client = createModelClient(model, { apiKey, fetch: globalThis.fetch, ...access })
  return await askClient(client, model)
}

async function askClient(
  client: Awaited<ReturnType<typeof createModelClient>>,
  model: ModelConfiguration,
  signal = new AbortController().signal,
) {
  const messages = renderMessages({
    promptText: 'Remove hate.',
    scheme,
    case: { content: 'they are vermin', context: { parents: ['what do you think?'] } },
    answerFormat: answerFormatOf(model),
  })
  return await client.answer({ messages, scheme, signal })
}

async function failureOf(work: Promise<unknown>): Promise<ModelCallError> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ModelCallError)
  const failure = error as ModelCallError
  expect(JSON.stringify([failure.message, failure.details, failure.stack, String(failure.cause)])).not.toContain(apiKey)
  expect(JSON.stringify([failure.message, failure.details])).not.toContain('vermin')
  return failure
}

const read = (answer: ModelAnswer, model: Partial<ModelConfiguration> = {}) =>
  readAnswer({ ...answer, scheme, answerFormat: answerFormatOf({ name: 'gpt-4.1-mini', ...model }) })

describe('Responses', () => {
  test('sends the verdict schema, keeps nothing at the provider, and reads text, usage, model and limits', async () => {
    const sent = recorded('responses-ok')
    const answer = await ask({ name: 'gpt-4.1-mini', temperature: 0, maxOutputTokens: 300 })
    expect(sent[0]).toMatchObject({ url: 'https://api.openai.com/v1/responses' })
    expect(sent[0]!.headers.get('authorization')).toBe(`Bearer ${apiKey}`)
    expect(sent[0]!.body).toMatchObject({ model: 'gpt-4.1-mini', temperature: 0, max_output_tokens: 300, store: false })
    expect(sent[0]!.body.text).toMatchObject({
      format: { type: 'json_schema', strict: true, schema: { required: ['rationale', 'label', 'rules', 'confidence'] } },
    })
    expect(JSON.stringify(sent[0]!.body.input)).toContain('they are vermin')
    expect(answer).toMatchObject({
      finish: 'stop',
      usage: { inputTokens: 1412, outputTokens: 96, cachedInputTokens: 1280, reasoningTokens: 64 },
      providerModel: 'gpt-5-mini-2025-08-07',
      limits: { limitRequests: 500, remainingRequests: 499, resetRequestsMs: 120, remainingTokens: 198500, resetTokensMs: 360_500 },
    })
    expect(read(answer)).toMatchObject({ status: 'verdict', verdict: { label: 'violates', confidence: 0.93 } })
  })

  test.each([
    ['responses-refusal', 'refused'],
    ['responses-incomplete-length', 'truncated'],
    ['responses-incomplete-filter', 'contentFilter'],
  ])('%s is read as %s', async (name, reason) => {
    recorded(name)
    expect(read(await ask())).toMatchObject({ status: 'unscored', reason })
  })

  test('a body with an error in it is the failure that it names', async () => {
    recorded('responses-failed')
    expect((await failureOf(ask())).details).toMatchObject({ kind: 'transient' })
  })
})

describe('Chat Completions', () => {
  test('sends response_format and reads text, usage, model and fingerprint', async () => {
    const sent = recorded('chat-ok')
    const answer = await ask({ api: 'chat', seed: 7, topP: 0.5 })
    expect(sent[0]).toMatchObject({ url: 'https://api.openai.com/v1/chat/completions', body: { seed: 7, top_p: 0.5 } })
    expect(sent[0]!.body.response_format).toMatchObject({ type: 'json_schema', json_schema: { name: 'verdict', strict: true } })
    expect(answer).toMatchObject({
      usage: { inputTokens: 1412, outputTokens: 41, cachedInputTokens: 1024 },
      systemFingerprint: 'fp_6d7dcc9a98',
      providerModel: 'gpt-4.1-mini-2025-04-14',
      warnings: [],
    })
  })

  test.each([
    ['chat-refusal', 'refused'],
    ['chat-length', 'truncated'],
    ['chat-content-filter', 'contentFilter'],
  ])('%s is read as %s', async (name, reason) => {
    recorded(name)
    expect(read(await ask({ api: 'chat' }))).toMatchObject({ status: 'unscored', reason })
  })

  test('a prompt that the filter of the provider stops is a content filter, not an error', async () => {
    recorded('error-400-filter')
    expect(read(await ask({ api: 'chat' }))).toMatchObject({ status: 'unscored', reason: 'contentFilter' })
  })
})

describe('what a server does not take is left out, with a warning', () => {
  test.each(['error-400-schema', 'error-400-schema-llama-cpp'])(
    'structured output (%s): the form is asked for in words from then on',
    async (refusal) => {
      const sent = recorded(refusal, 'chat-in-words')
      const model: ModelConfiguration = { provider: 'openai', name: 'qwen3:8b', api: 'chat' }
      const client = createModelClient(model, { apiKey, fetch: globalThis.fetch })
      const answer = await askClient(client, model)
      expect(sent).toHaveLength(2)
      expect(sent[1]!.body.response_format).toBeUndefined()
      expect(JSON.stringify(sent[1]!.body.messages)).toContain('Answer with one JSON object')
      expect(answer.warnings).toEqual([expect.stringContaining('structured output')])
      expect(read(answer)).toMatchObject({ status: 'verdict', verdict: { label: 'violates', confidence: 0.8 } })
      await askClient(client, model)
      expect(sent).toHaveLength(3)
    },
  )

  test.each([
    ['temperature', 'error-400-temperature', { temperature: 0 }, 'temperature'],
    ['reasoning effort', 'error-400-reasoning', { reasoningEffort: 'low' as const }, 'reasoning_effort'],
  ])('%s', async (_, refusal, configuration, wire) => {
    const sent = recorded(refusal, 'chat-ok')
    const answer = await ask({ api: 'chat', ...configuration })
    expect(sent[0]!.body[wire]).toBeDefined()
    expect(sent[1]!.body[wire]).toBeUndefined()
    expect(answer.warnings).toEqual([expect.stringContaining('left out')])
  })

  test('temperature for a model that the SDK knows to reason: the SDK leaves it out, and it is said', async () => {
    const sent = recorded('responses-ok')
    const answer = await ask({ name: 'gpt-5-mini', temperature: 0 })
    expect(sent[0]!.body.temperature).toBeUndefined()
    expect(answer.warnings).toEqual([expect.stringMatching(/temperature/)])
  })
})

describe('failures', () => {
  test.each([
    ['error-401', 'lasting', /does not accept the API key.*Incorrect API key/, /OPENAI_API_KEY/],
    ['error-403', 'lasting', /does not have access/, /may use/],
    ['error-404-model', 'lasting', /gpt-9/, /name of the model/],
    ['error-429-quota', 'lasting', /exceeded your current quota/, /quota/],
    ['error-500', 'transient', /server had an error/, null],
    ['error-503-html', 'transient', /HTTP 503/, null],
    ['error-400-context', 'request', /maximum context length/, null],
    ['html', 'transient', /web page/, /base URL/],
    ['other-json', 'transient', /not an answer of/, /base URL/],
    ['error-422-fastapi', 'lasting', /Field required/, /parameters/],
  ])('%s is %s', async (name, kind, message, advice) => {
    recorded(name)
    const failure = await failureOf(ask({ api: 'chat' }))
    expect(failure.details.kind).toBe(kind)
    expect(failure.message).toMatch(message)
    if (advice === null) expect(failure.details.advice).toBeUndefined()
    else expect(failure.details.advice).toMatch(advice)
  })

  test('429: retry-after-ms and x-ratelimit headers are handed on', async () => {
    recorded('error-429')
    const { details } = await failureOf(ask())
    expect(details).toMatchObject({ kind: 'transient', rateLimited: true, status: 429 })
    expect(details.limits).toMatchObject({ retryAfterMs: 120, remainingRequests: 0, limitRequests: 500, resetRequestsMs: 120 })
  })

  test('a web page after good answers is a passing fault of what stands between', async () => {
    recorded('chat-ok', 'html')
    const model: ModelConfiguration = { provider: 'openai', name: 'gpt-4.1-mini', api: 'chat' }
    const client = createModelClient(model, { apiKey, fetch: globalThis.fetch })
    await askClient(client, model)
    expect((await failureOf(askClient(client, model))).details.kind).toBe('transient')
  })

  test('the key is never in the words of an error', async () => {
    httpEdge.use(
      http.post('https://api.openai.com/v1/*', () =>
        HttpResponse.json({ error: { message: `bad key ${apiKey} in Bearer ${apiKey}` } }, { status: 401 }),
      ),
    )
    const failure = await failureOf(ask())
    expect(`${failure.message} ${JSON.stringify(failure.details)}`).not.toContain(apiKey)
  })

  test('nobody at the address: lasting, with what to do', async () => {
    const failure = await failureOf(ask({ baseUrl: 'http://127.0.0.1:9/v1' }, { apiKey: null, fetch: undefined }))
    expect(failure.details).toMatchObject({ kind: 'lasting' })
    expect(failure.message).toContain('There is no server at http://127.0.0.1:9/v1')
  })

  test('no such host: lasting', async () => {
    const failure = await failureOf(ask({ baseUrl: 'http://no-such-host.invalid/v1' }, { fetch: undefined }))
    expect(failure.details.kind).toBe(failure.message.includes('EAI_AGAIN') ? 'transient' : 'lasting')
  })

  test('https at a port that speaks http: lasting, with what to do', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    const failure = await failureOf(ask({ baseUrl: provider.baseUrl.replace('http:', 'https:') }, { fetch: undefined }))
    expect(failure.details).toMatchObject({ kind: 'lasting', advice: expect.stringContaining('http or https') })
  })

  test('a connection that breaks is worth another try', async () => {
    await using provider = await serveProvider(() => 'reset')
    expect((await failureOf(ask({ baseUrl: provider.baseUrl }, { fetch: undefined }))).details.kind).toBe('transient')
  })

  test('an abort ends a call that hangs, with the reason of the signal', async () => {
    await using provider = await serveProvider(() => 'hang')
    const model: ModelConfiguration = { provider: 'openai', name: 'any', baseUrl: provider.baseUrl }
    const client = createModelClient(model)
    const controller = new AbortController()
    const work = askClient(client, model, controller.signal)
    const reason = new Error('enough')
    setTimeout(() => controller.abort(reason), 20)
    await expect(work).rejects.toBe(reason)
  })
})

describe('answers of servers that keep to the form loosely', () => {
  const verdict = JSON.stringify({ label: 'violates', rules: ['H2'], severity: null, confidence: 0.9, rationale: 'because' })
  const local = (baseUrl: string): ModelConfiguration => ({ provider: 'openai', name: 'any', baseUrl })
  async function answerOf(body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) {
    await using provider = await serveProvider(() => ({ status: 200, headers, body }))
    const model = local(provider.baseUrl)
    return await askClient(createModelClient(model), model)
  }
  const chat = (choice: unknown, more = {}) => ({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [choice], ...more })

  test.each([
    [
      'content in parts',
      chat({ index: 0, message: { role: 'assistant', content: [{ type: 'text', text: verdict }] }, finish_reason: 'stop' }),
    ],
    [
      'usage in words',
      chat({ index: 0, message: { role: 'assistant', content: verdict }, finish_reason: 'stop' }, { usage: { prompt_tokens: 'many' } }),
    ],
  ])('%s is read', async (_, body) => {
    expect(await answerOf(body)).toMatchObject({ text: verdict, finish: 'stop' })
  })

  test.each([
    ['no choices', { ...chat(null), choices: [] }],
    ['a number for content', chat({ index: 0, message: { role: 'assistant', content: 42 }, finish_reason: 'stop' })],
  ])('%s is an answer that cannot be read, not the end of the replay', async (_, body) => {
    const answer = await answerOf(body)
    expect(answer.text).toBe('')
    expect(readAnswer({ text: answer.text, finish: answer.finish, scheme })).toMatchObject({ status: 'unscored', reason: 'unparseable' })
  })

  /** Asks a server that answers with these bytes as they are. */
  async function askPacked(encoding: string, bytes: Buffer) {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
      response.end(bytes)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const model = local(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
    try {
      return await askClient(createModelClient(model), model)
    } finally {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    }
  }

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('content-encoding: %s, though nobody asked for it', async (encoding, pack) => {
    const body = chat({ index: 0, message: { role: 'assistant', content: verdict }, finish_reason: 'stop' })
    expect((await askPacked(encoding, pack(JSON.stringify(body)))).text).toBe(verdict)
  })

  test('an answer that unpacks to far too much is an error of its case', async () => {
    const failure = await failureOf(askPacked('gzip', gzipSync(Buffer.alloc(40_000_000, 32))))
    expect(failure.details.kind).toBe('request')
    expect(failure.message).toContain('too large')
  })
})

describe('models with a form of their own', () => {
  const local = { baseUrl: 'https://api.openai.com/v1' }
  test.each([
    ['openai/gpt-oss-safeguard-20b', 'chat-gpt-oss-safeguard', { label: 'violates', rules: ['H2'] }],
    ['openai/gpt-oss-safeguard-20b', 'chat-gpt-oss-safeguard-bare', { label: 'allowed', rules: [] }],
    ['meta-llama/Llama-Guard-4-12B', 'chat-llama-guard', { label: 'violates', rules: ['H2', 'A1'] }],
    ['meta-llama/Llama-Guard-4-12B', 'chat-llama-guard-safe', { label: 'allowed', rules: [] }],
    ['google/shieldgemma-9b', 'chat-shieldgemma', { label: 'violates' }],
  ])('%s: %s', async (name, fixture, verdict) => {
    const sent = recorded(fixture)
    const answer = await ask({ name, ...local })
    expect(sent[0]!.url).toMatch(/chat\/completions$/)
    expect(sent[0]!.body.response_format).toBeUndefined()
    expect(read(answer, { name })).toMatchObject({ status: 'verdict', verdict })
  })

  test('the moderation endpoint is sent the content alone', async () => {
    const sent = recorded('moderation')
    const answer = await ask({ name: 'omni-moderation-latest' })
    expect(sent[0]).toMatchObject({
      url: 'https://api.openai.com/v1/moderations',
      body: { model: 'omni-moderation-latest', input: 'they are vermin' },
    })
    expect(read(answer, { name: 'omni-moderation-latest' })).toMatchObject({
      status: 'verdict',
      verdict: { label: 'violates', rules: ['hate'] },
    })
  })

  test('a failure of the moderation endpoint is classified as any other', async () => {
    recorded('error-401')
    expect((await failureOf(ask({ name: 'omni-moderation-latest' }))).details.kind).toBe('lasting')
  })
})

describe('access', () => {
  test.each([
    ['a server that a configuration names', 'https://models.example/v1', {}, 'Bearer no-key'],
    ['one whose name begins as OpenAI’s', 'https://api.openai.com.evil.example/v1', {}, 'Bearer no-key'],
    ['OpenAI', 'https://api.openai.com/v1', {}, `Bearer ${apiKey}`],
    ['the server of OPENAI_BASE_URL', 'https://models.example/other/v1', { baseUrl: 'https://models.example/v1' }, `Bearer ${apiKey}`],
    ['another port of it', 'https://models.example:8443/v1', { baseUrl: 'https://models.example/v1' }, 'Bearer no-key'],
    ['one named on the command line', 'https://models.example/v1', { keyOrigins: ['https://models.example'] }, `Bearer ${apiKey}`],
    ['this machine', 'http://localhost:8000/v1', {}, `Bearer ${apiKey}`],
    ['a name that begins as this machine', 'http://localhost.evil.example/v1', {}, 'Bearer no-key'],
  ])('who is sent the key: %s', async (_, baseUrl, access, authorization) => {
    const seen: Array<string | null> = []
    httpEdge.use(
      http.post(/.*/, ({ request }) => {
        seen.push(request.headers.get('authorization'))
        return HttpResponse.json(readRecorded('chat-ok').body as Record<string, unknown>)
      }),
    )
    await ask({ baseUrl, api: 'chat' }, access)
    expect(seen).toEqual([authorization])
  })

  test('a server that wants the key and is not sent it: what to do is said', async () => {
    httpEdge.use(http.post(/.*/, () => HttpResponse.json({ error: { message: 'no key' } }, { status: 401 })))
    const failure = await failureOf(ask({ baseUrl: 'https://models.example/v1' }))
    expect(failure.details).toMatchObject({
      kind: 'lasting',
      advice: expect.stringContaining('Set OPENAI_BASE_URL=https://models.example/v1'),
    })
  })

  test('no key for OpenAI itself is refused before any call; another server needs none', () => {
    expect(() => createModelClient(parseModelName('openai:gpt-5-mini'))).toThrow(expect.objectContaining({ code: 'configuration' }))
    expect(() => createModelClient({ provider: 'openai', name: 'any', baseUrl: 'http://127.0.0.1:9/v1' })).not.toThrow()
  })
  test.each(['sk-abc\ndef', 'sk-abc\r\n', 'schlüssel'])('a key that cannot stand in a header is refused without showing it', (key) => {
    const refused = expect.objectContaining({ code: 'configuration', message: expect.not.stringContaining('abc') })
    expect(() => createModelClient(parseModelName('openai:gpt-5-mini'), { apiKey: key })).toThrow(refused)
  })
  test.each(['gpt-5', ':x', 'openai:', 'acme:gpt', 'touchstone:oracle'])('the model name %j is refused', (name) => {
    expect(() => parseModelName(name)).toThrow(/is not of the form|There is no model/)
  })
})
