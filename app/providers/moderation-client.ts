import type { ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError } from '~/replay/ports'
import type { ModelAnswer, ModelClient, ModelRequest } from '~/replay/ports'
import type { HttpPost } from './http-post'
import { createSeenAnswers, errorOfNetwork, errorOfStatus, errorOfStrangeBody, toCallReply } from './provider-errors'
import type { CallOrigin } from './provider-errors'
import { noUsage } from './read-openai-body'

/**
 * The moderation endpoint as a {@link ModelClient}: it takes no prompt, so it is a baseline that prompts can be compared against. The answer's
 * text is the response body; its reader knows the form. The AI SDK has no model for this endpoint.
 */
export function createModerationClient(
  configuration: ModelConfiguration,
  options: { apiKey: string; keyWithheld: boolean; baseUrl: string; post: HttpPost },
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
        const sent = await options.post(url, {
          headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey}` },
          body: JSON.stringify({ model: configuration.name, input: messages.at(-1)?.content ?? '' }),
          signal,
        })
        const reply = toCallReply(sent, Date.now())
        if (reply.status < 200 || reply.status > 299) throw errorOfStatus(reply, origin)
        const body = parseObject(reply.body)
        if (!body || !Array.isArray(body.results)) throw errorOfStrangeBody(reply, origin)
        seen.hasAnswered = true
        return {
          text: reply.body,
          finish: 'stop',
          usage: noUsage,
          ...(typeof body.model === 'string' ? { providerModel: body.model.slice(0, 200) } : {}),
          limits: reply.limits,
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
