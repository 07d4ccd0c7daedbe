import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'
import type { CallWarning } from 'ai'
import type { ModelMessage } from '~/domain/prompt/messages'
import type { FetchFunction } from './http-post'

// Its warnings are said on the replay that they belong to.
globalThis.AI_SDK_LOG_WARNINGS = false

export type RequestTarget = { modelName: string; apiKey: string; baseUrl: string; api: 'responses' | 'chat' }
type CallSettings = Parameters<typeof generateText>[0]
export type RequestSettings = Pick<CallSettings, 'temperature' | 'topP' | 'seed' | 'maxOutputTokens' | 'output' | 'providerOptions'>

/** Stands in a template where a text of the conversation goes. Nothing in it is written otherwise in JSON. */
const holeAt = (index: number) => `touchstone-text-${index}-goes-here`
const hole = /touchstone-text-(\d+)-goes-here/

/**
 * The request that the AI SDK writes for a conversation, with holes where its texts go (decision 016). The SDK says where it goes, with what
 * headers and what body; for each of thousands of cases only the texts are filled in.
 */
export class RequestTemplate {
  private constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>>,
    /** JSON before the first hole, between two, and after the last. */
    private readonly pieces: readonly string[],
    /** The index of the message whose text follows each piece. */
    private readonly order: readonly number[],
    /** What the SDK says of settings that this model does not take, one sentence each. */
    readonly warnings: readonly string[],
    /** The names of these settings, as the SDK has them. */
    readonly leftOut: readonly string[],
  ) {}

  /**
   * Has the SDK write a request for messages with these roles. `lastInstruction` stands below the text of the last system message, or is a
   * system message of its own. Throws what the SDK throws, and an Error where a text does not stand in its request exactly once.
   */
  static async write(
    target: RequestTarget,
    roles: ReadonlyArray<ModelMessage['role']>,
    settings: RequestSettings,
    lastInstruction: string | null,
  ): Promise<RequestTemplate> {
    const written: Array<{ url: string; headers: Record<string, string>; body: string }> = []
    const takeDown: FetchFunction = async (input, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers).entries())
      written.push({ url: String(input), headers, body: String(init?.body) })
      return Response.json(emptyAnswer)
    }
    const provider = createOpenAI({ apiKey: target.apiKey, baseURL: target.baseUrl, fetch: takeDown })
    const { warnings } = await generateText({
      ...settings,
      model: target.api === 'responses' ? provider.responses(target.modelName) : provider.chat(target.modelName),
      messages: instruct(
        roles.map((role, index) => ({ role, content: holeAt(index) })),
        lastInstruction,
      ),
      allowSystemInMessages: true,
      maxRetries: 0,
    })
    const [request, ...more] = written
    const parts = request?.body.split(hole) ?? []
    const order = parts.filter((_, index) => index % 2 === 1).map(Number)
    if (!request || more.length || order.length !== roles.length || new Set(order).size !== roles.length)
      throw new Error(`The AI SDK made ${written.length} requests with ${order.length} texts of ${roles.length} messages.`)
    const pieces = parts.filter((_, index) => index % 2 === 0)
    return new RequestTemplate(
      request.url,
      request.headers,
      pieces,
      order,
      (warnings ?? []).map((warning) => describeWarning(target.modelName, warning)),
      (warnings ?? []).flatMap((warning) => ('feature' in warning ? [warning.feature] : [])),
    )
  }

  /** The body for messages with the template's roles. */
  fill(messages: readonly ModelMessage[]): string {
    let body = this.pieces[0]!
    for (let index = 0; index < this.order.length; index++) body += inJson(messages[this.order[index]!]!) + this.pieces[index + 1]!
    return body
  }
}

let lastInstructions = { text: '', written: '' }

/** A text as it stands between the quotes of JSON. The instructions are long, and the same for all cases of a replay. */
function inJson({ role, content }: ModelMessage): string {
  if (role !== 'system') return JSON.stringify(content).slice(1, -1)
  if (lastInstructions.text !== content) lastInstructions = { text: content, written: JSON.stringify(content).slice(1, -1) }
  return lastInstructions.written
}

function instruct(messages: ModelMessage[], instruction: string | null): ModelMessage[] {
  if (instruction === null) return messages
  const lastSystem = messages.findLastIndex(({ role }) => role === 'system')
  if (lastSystem < 0) return [{ role: 'system', content: instruction }, ...messages]
  return messages.map((message, index) =>
    index === lastSystem ? { ...message, content: `${message.content}\n\n${instruction}` } : message,
  )
}

function describeWarning(modelName: string, warning: CallWarning): string {
  if (warning.type === 'other') return `${modelName}: ${warning.message}.`
  const why = 'details' in warning && warning.details ? ` (${warning.details})` : ''
  return `${modelName} does not take ${'feature' in warning ? warning.feature : 'a setting'}: left out${why}.`
}

/** The shortest answers that both endpoints may give. */
const emptyAnswer = {
  id: '',
  created: 0,
  created_at: 0,
  model: '',
  choices: [{ index: 0, message: { content: '{}' }, finish_reason: 'stop' }],
  output: [{ type: 'message', id: '', role: 'assistant', content: [{ type: 'output_text', text: '{}', annotations: [] }] }],
  usage: null,
}
