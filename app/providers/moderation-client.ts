import type { ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError } from '~/replay/ports'
import type { ModelAnswer, ModelClient, ModelRequest } from '~/replay/ports'
import type { FetchFunction } from './lean-fetch'
import { createSeenAnswers, errorOfNetwork, errorOfStatus, errorOfStrangeBody } from './provider-errors'
import type { CallOrigin } from './provider-errors'
import { readRateLimitHeaders } from './rate-limit-headers'
import { noUsage } from './read-openai-body'

/**
 * The moderation endpoint as a {@link ModelClient}: it takes no prompt, so it is a baseline that prompts can be compared against. The answer's
 * text is the response body; its reader knows the form. The AI SDK has no model for this endpoint.
 */
export function createModerationClient(
  configuration: ModelConfiguration,
  options: { apiKey: string; keyWithheld: boolean; baseUrl: string; fetch: FetchFunction },
): ModelClient {
  const seen = createSeenAnswers()
  const url = `${options.baseUrl}/moderations`
  return {
    configuration,
    async answer({ messages, signal }: ModelRequest): Promise<ModelAnswer> {
      signal.throwIfAborted()
      const origin: CallOrigin = {
        baseUrl: options.baseUrl,
        path: '/moderations',
        modelName: configuration.name,
        seen,
        secret: options.apiKey,
        keyWithheld: options.keyWithheld,
      }
      try {
        const response = await options.fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey}` },
          body: JSON.stringify({ model: configuration.name, input: messages.at(-1)?.content ?? '' }),
          signal,
        })
        const text = await response.text()
        const limits = readRateLimitHeaders(Object.fromEntries(response.headers.entries()), Date.now())
        const failure = {
          status: response.status,
          body: text,
          contentType: response.headers.get('content-type') ?? '',
          limits,
          cause: undefined,
        }
        if (!response.ok) throw errorOfStatus(failure, origin)
        const body = parseObject(text)
        if (!body || !Array.isArray(body.results)) throw errorOfStrangeBody(failure, origin)
        seen.hasAnswered = true
        return {
          text,
          finish: 'stop',
          usage: noUsage,
          ...(typeof body.model === 'string' ? { providerModel: body.model.slice(0, 200) } : {}),
          limits,
          warnings: [],
        }
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof ModelCallError ? error : errorOfNetwork(error, origin)
      }
    },
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
