import { readProviderError } from './provider-errors'
import { noUsage } from './read-openai-body'
import type { OpenAiAnswer } from './read-openai-body'

const filterCodes =
  /content_?filter|invalid_prompt|content_policy|ResponsibleAIPolicyViolation|data_inspection_failed|moderation_blocked|prohibited_content/i
const filterWords =
  /content management policy|content filter(?:ing)? policy|blocked by (?:the |our )?content filter|\b(?:prompt|input|content|text|request|messages?) (?:was|were|has been|have been) (?:flagged|filtered|blocked)|inappropriate content|violat\w+ (?:of )?(?:our|the|openai['’]s) (?:\w+ ){0,2}polic(?:y|ies)/i

/**
 * An HTTP error that is the model's answer in disguise: the provider's filter stopped the request (400, or 403 at gateways that moderate what
 * goes through them), or what the model wrote is not the JSON that was asked for, and is handed back with the error. Null: it is neither.
 */
export function readStoppedRequest(status: number, body: string): OpenAiAnswer | null {
  if (status !== 400 && status !== 403 && status !== 422 && status !== 451) return null
  const said = readProviderError(body)
  const codes = `${said.code} ${said.type} ${said.innerCode}`
  if (filterCodes.test(codes) || filterWords.test(said.message ?? '')) return { text: '', finish: 'content-filter', usage: noUsage }
  if (said.code === 'json_validate_failed') return { text: said.failedGeneration, finish: 'stop', usage: noUsage }
  return null
}
