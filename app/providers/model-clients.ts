import { TouchstoneError } from '~/lib/errors'
import { answerFormatOf, modelConfigurationSchema, modelNameOf } from '~/replay/model-configuration'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { BatchClient, ModelClient } from '~/replay/ports'
import { postByFetch } from './http-post'
import type { FetchFunction, HttpPost } from './http-post'
import { createRehearsalClient } from './rehearsal-client'

export const defaultBaseUrl = 'https://api.openai.com/v1'
const rehearsalName = 'rehearsal'

export type ModelAccess = {
  /** OPENAI_API_KEY. Needed for api.openai.com; other servers may do without. */
  apiKey?: string | null
  /** OPENAI_BASE_URL: for configurations that name no server. */
  baseUrl?: string | null
  /** Origins that the key may be sent to, beside OpenAI's own, that of `baseUrl` and this machine. */
  keyOrigins?: readonly string[]
  /** Tests pass the global one, so that msw sees the calls. Default: one pool of connections for the process. */
  fetch?: FetchFunction
}

const known = 'Use openai:NAME (any OpenAI-compatible server, with --base-url), or touchstone:rehearsal, which needs no key.'

/** `openai:gpt-5-mini`, `touchstone:rehearsal` → a configuration. Throws a TouchstoneError that names the value. */
export function parseModelName(written: string): ModelConfiguration {
  const separator = written.indexOf(':')
  if (separator < 1 || separator === written.length - 1)
    throw new TouchstoneError('invalid-input', `The model ${JSON.stringify(written)} is not of the form PROVIDER:NAME.`, known)
  const parsed = modelConfigurationSchema.safeParse({ provider: written.slice(0, separator), name: written.slice(separator + 1) })
  if (!parsed.success) throw new TouchstoneError('invalid-input', `There is no model ${JSON.stringify(written)}.`, known)
  checkName(parsed.data)
  return parsed.data
}

function checkName(configuration: ModelConfiguration): void {
  if (configuration.provider === 'touchstone' && configuration.name !== rehearsalName)
    throw new TouchstoneError('invalid-input', `There is no model "touchstone:${configuration.name}".`, known)
}

/** Where a configuration is asked: its own server, else the environment's, else OpenAI's. Without a slash at the end. */
export function baseUrlOf(configuration: ModelConfiguration, access: Pick<ModelAccess, 'baseUrl'>): string {
  return (configuration.baseUrl ?? access.baseUrl ?? defaultBaseUrl).replace(/\/+$/, '')
}

const thisMachine = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Anybody who can open the app can name a server there: the key goes only where the person who set it wanted it. */
function mayHaveKey(baseUrl: string, { baseUrl: environmentUrl, keyOrigins = [] }: ModelAccess): boolean {
  const { origin, hostname } = new URL(baseUrl)
  const trusted = [defaultBaseUrl, ...(environmentUrl ? [environmentUrl] : [])].map((url) => new URL(url).origin)
  return thisMachine.test(hostname) || trusted.includes(origin) || keyOrigins.includes(origin)
}

/** The key to send; a placeholder for servers that need none, or must not have it. Throws a TouchstoneError when it is missing or cannot be sent. */
function readKey(baseUrl: string, access: ModelAccess): { apiKey: string; keyWithheld: boolean } {
  const key = access.apiKey ?? ''
  if (key !== '' && !/^[\x21-\x7e]+$/.test(key))
    throw new TouchstoneError(
      'configuration',
      'OPENAI_API_KEY holds a line break, a space or another character that cannot stand in a key.',
      'Set it again, without quotes or line breaks.',
    )
  if (key === '' && baseUrl === defaultBaseUrl)
    throw new TouchstoneError(
      'configuration',
      'There is no API key for api.openai.com.',
      'Set OPENAI_API_KEY, name another server with OPENAI_BASE_URL or --base-url, or use touchstone:rehearsal, which needs no key.',
    )
  const keyWithheld = key !== '' && !mayHaveKey(baseUrl, access)
  return { apiKey: key === '' || keyWithheld ? 'no-key' : key, keyWithheld }
}

let sharedPost: HttpPost | null = null

const postOf = async ({ fetch }: ModelAccess): Promise<HttpPost> =>
  fetch ? postByFetch(fetch) : (sharedPost ??= (await import('./lean-post')).createLeanPost())

/**
 * The client of a model configuration. Throws a TouchstoneError where it cannot be asked at all: unknown provider or model, no key. What it
 * calls with is loaded on first use, so that what needs no call starts fast.
 */
export function createModelClient(configuration: ModelConfiguration, access: ModelAccess = {}): ModelClient {
  checkName(configuration)
  if (configuration.provider === 'touchstone') return createRehearsalClient(configuration)
  const baseUrl = baseUrlOf(configuration, access)
  const key = readKey(baseUrl, access)
  return loadOnUse(configuration, async () => {
    const post = await postOf(access)
    if (answerFormatOf(configuration) === 'openai-moderation') {
      const { createModerationClient } = await import('./moderation-client')
      return createModerationClient(configuration, { ...key, baseUrl, post })
    }
    const { OpenAiClient } = await import('./openai-client')
    return new OpenAiClient(configuration, { ...key, baseUrl, post, api: endpointOf(configuration, baseUrl) })
  })
}

function loadOnUse(configuration: ModelConfiguration, load: () => Promise<ModelClient>): ModelClient {
  let loading: Promise<ModelClient> | null = null
  const loaded = () => (loading ??= load())
  return {
    configuration,
    prepare: async (request) => (await loaded()).prepare?.(request),
    answer: async (request) => (await loaded()).answer(request),
  }
}

/** Moderation models and most compatible servers speak Chat Completions only. */
function endpointOf(configuration: ModelConfiguration, baseUrl: string): 'responses' | 'chat' {
  const format = answerFormatOf(configuration)
  return configuration.api ?? (baseUrl === defaultBaseUrl && (format === 'json' || format === 'json-in-words') ? 'responses' : 'chat')
}

/** The batch client of a configuration. Throws a TouchstoneError where there is none. */
export async function createBatchClient(configuration: ModelConfiguration, access: ModelAccess = {}): Promise<BatchClient> {
  checkName(configuration)
  if (configuration.provider !== 'openai' || answerFormatOf(configuration) === 'openai-moderation')
    throw new TouchstoneError('invalid-input', `${modelNameOf(configuration)} cannot be asked in batches.`, 'Leave --batch out.')
  const baseUrl = baseUrlOf(configuration, access)
  const key = readKey(baseUrl, access)
  const { OpenAiBatchClient } = await import('./openai-batch')
  return new OpenAiBatchClient(configuration, {
    ...key,
    baseUrl,
    post: await postOf(access),
    api: endpointOf(configuration, baseUrl),
  })
}
