import { ModelCallError } from '~/replay/ports'
import type { RateLimitHints } from '~/replay/ports'
import type { HttpReply } from './http-post'
import { readRateLimitHeaders } from './rate-limit-headers'

/** An HTTP answer of a provider, taken apart. */
export type CallReply = { status: number; body: string; contentType: string; limits: RateLimitHints }

export function toCallReply({ status, headers, body }: HttpReply, nowMs: number): CallReply {
  return { status, body, contentType: headers['content-type'] ?? '', limits: readRateLimitHeaders(headers, nowMs) }
}

export type ProviderError = {
  message: string | null
  code: string
  type: string
  parameter: string
  /** Azure's, of the filter that stopped a request. */
  innerCode: string
  /** What the model wrote where the server does not take it for JSON. */
  failedGeneration: string
}

/** What a client has had of its server so far. */
export type SeenAnswers = {
  /** An answer: the address and the model are right. */
  hasAnswered: boolean
}

export const createSeenAnswers = (): SeenAnswers => ({ hasAnswered: false })

/** What the classification needs to know of the client that made the call. */
export type CallOrigin = {
  baseUrl: string
  path: string
  modelName: string
  seen: SeenAnswers
  /** Never to be shown. */
  secret: string
  /** There is a key, but not for this server. */
  keyWithheld: boolean
}

const longestMessage = 400
/** A request that is answered with strange bodies is given up after so many: a web page seldom comes by accident. */
const mostWebPages = 3
const mostStrangeBodies = 5
const mostBrokenConnections = 8

/** One line, without control characters, keys and excess. */
export function cleanWords(text: string, secret: string): string {
  const withoutKey = secret.length > 3 ? text.slice(0, 20_000).replaceAll(secret, '…') : text.slice(0, 20_000)
  const line = withoutKey
    .replace(/\b(?:sk|sess|pk)-[A-Za-z0-9_*.-]{4,}/g, 'sk-…')
    .replace(/Bearer\s+\S+/gi, 'Bearer …')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .trim()
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line
}

const asText = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** `{"error": {"message", "code", "type", "param"}}` and the forms that compatible servers answer with instead. */
export function readProviderError(body: string): ProviderError {
  let value: unknown = null
  try {
    value = JSON.parse(body)
  } catch {
    // A web page, or nothing: no words of the provider's.
  }
  // Some answer with a list of one.
  const outer = objectOf(Array.isArray(value) ? value[0] : value)
  const error = typeof outer.error === 'object' && outer.error !== null ? objectOf(outer.error) : outer
  // FastAPI's `detail`, at Mistral within `message`.
  const detail = error.detail ?? objectOf(error.message).detail
  const message =
    asText(error.message) ||
    (typeof outer.error === 'string' ? outer.error : '') ||
    (typeof detail === 'object' && detail !== null ? JSON.stringify(detail) : asText(detail))
  return {
    message: message === '' ? null : message,
    code: asText(error.code),
    type: asText(error.type),
    parameter: asText(error.param),
    innerCode: asText(objectOf(error.innererror).code),
    failedGeneration: asText(error.failed_generation),
  }
}

const looksLikeHtml = (failure: CallReply): boolean =>
  failure.contentType.includes('text/html') || /^\s*(?:<!doctype html|<html)/i.test(failure.body.slice(0, 200))

const quotaCodes = /insufficient_quota|billing|quota_exceeded|account_deactivated|access_terminated/i
const contentCodes = /context_length_exceeded|string_above_max_length|invalid_prompt|content_filter|content_policy|max_tokens_exceeded/i
const contentWords = /maximum context length|context (?:length|window|size)|too long|too large|exceeds? the (?:limit|maximum)/i
/** Of a request that no waiting makes smaller, whatever its status. */
const neverFits = /maximum context length|context (?:length|window|size)|request too large/i
/** FastAPI's and Pydantic's list of what is wrong with a body. */
const bodyValidation = /"loc"\s*:\s*\[\s*"body"/
const modelCodes = /model_not_found|invalid_model|unsupported_(?:parameter|value)|unknown_parameter|missing_required|invalid_api_key/i
const modelWords = /model\b.*\b(?:not (?:exist|found|supported|loaded|available)|does not exist|unknown)|unknown model|no such model/i

/** An HTTP status and body → the error that the engine acts on. */
export function errorOfStatus(failure: CallReply, origin: CallOrigin): ModelCallError {
  const said = readProviderError(failure.body)
  const codes = `${said.code} ${said.type}`
  const words = said.message === null ? '' : cleanWords(said.message, origin.secret)
  const { status } = failure
  const make = (
    kind: 'transient' | 'lasting' | 'request',
    message: string,
    extra: { advice?: string; rateLimited?: boolean } = {},
  ): ModelCallError => new ModelCallError(message, { kind, status, limits: failure.limits, ...extra })
  const worded = (start: string) =>
    words === '' ? `${start} (HTTP ${status}).` : `${start} (HTTP ${status}): ${words}${/[.!?…]$/.test(words) ? '' : '.'}`

  if ((status === 401 || status === 403) && origin.keyWithheld)
    return make('lasting', worded('The provider wants an API key'), {
      advice: `OPENAI_API_KEY is not sent to ${new URL(origin.baseUrl).origin}: it goes to OpenAI, to the server of OPENAI_BASE_URL and to this machine only. Set OPENAI_BASE_URL=${origin.baseUrl} to send it there.`,
    })
  if (status === 401)
    return make('lasting', worded('The provider does not accept the API key'), {
      advice: 'Set OPENAI_API_KEY to a valid key of this provider and continue the replay.',
    })
  if (status === 403)
    return make('lasting', worded('The provider forbids this call'), {
      advice: `Check that the key may use the model ${origin.modelName} from here.`,
    })
  if (quotaCodes.test(codes) || status === 402)
    return make('lasting', worded('The quota of the account is used up'), {
      advice: 'Raise the quota or the budget with the provider, then continue the replay.',
    })
  if (status === 404 || modelCodes.test(said.code) || (status === 400 && modelWords.test(words)))
    return make(
      'lasting',
      worded(status === 404 ? `The provider knows no model ${origin.modelName} or no ${origin.path}` : 'The provider refuses the request'),
      {
        advice:
          looksLikeHtml(failure) || words === ''
            ? `Check the base URL ${origin.baseUrl}: it usually ends in /v1.`
            : 'Check the name of the model, its parameters and the base URL.',
      },
    )
  if ((status === 429 || status >= 500) && neverFits.test(words))
    return make('request', worded('The provider does not answer this request'))
  if (status === 429) return make('transient', worded('The provider limits the rate of calls'), { rateLimited: true })
  if (status === 501 && !origin.seen.hasAnswered)
    return make('lasting', worded(`The server at ${origin.baseUrl} does not offer ${origin.path}`), {
      advice: 'Choose the endpoint that it has with --api (chat or responses), or correct the base URL.',
    })
  if (status === 408 || status === 409 || status === 425 || status === 499 || status >= 500)
    return make('transient', worded('The provider failed'))
  if (status === 413 || contentCodes.test(codes) || contentWords.test(words))
    return make('request', worded('The provider does not answer this request'))
  // Of a body that the server does not take, unlike of a content that it does not.
  const isValidation = status === 422 && bodyValidation.test(words)
  if (status === 422 && !isValidation) return make('request', worded('The provider does not answer this request'))
  if (status === 400 || isValidation)
    return origin.seen.hasAnswered
      ? make('request', worded('The provider does not answer this request'))
      : make('lasting', worded('The provider refuses the request'), { advice: 'Check the model, its parameters and the base URL.' })
  return make('lasting', worded('The provider does not take this call'), {
    advice: `Check the base URL ${origin.baseUrl}${status >= 300 && status < 400 ? ': it redirects elsewhere' : ''}.`,
  })
}

/** The HTTP status that an error in a 2xx answer would have had: gateways give it as the code. */
export function statusOfError({ code, type }: Pick<ProviderError, 'code' | 'type'>): number {
  if (/^[45]\d\d$/.test(code)) return Number(code)
  if (/rate_?limit|too_many/i.test(`${code} ${type}`)) return 429
  return /server_?error|internal|timeout|unavailable|overloaded|upstream|bad_gateway/i.test(`${code} ${type}`) ? 500 : 400
}

/** A 2xx answer that is not what the endpoint answers: a web page, another service, an answer cut off on the way. */
export function errorOfStrangeBody(failure: CallReply, origin: CallOrigin): ModelCallError {
  const said = readProviderError(failure.body)
  if (said.message !== null && /"error"/.test(failure.body.slice(0, 20_000))) {
    const status = statusOfError(said)
    return errorOfStatus({ ...failure, status }, { ...origin, seen: { ...origin.seen, hasAnswered: true } })
  }
  const html = looksLikeHtml(failure)
  const message = html
    ? `The server at ${origin.baseUrl} answers with a web page, not with the OpenAI API.`
    : `The server at ${origin.baseUrl} answers something that is not an answer of ${origin.path}.`
  return new ModelCallError(message, {
    kind: 'transient',
    status: failure.status,
    limits: failure.limits,
    mostAttempts: html ? mostWebPages : mostStrangeBodies,
    advice: 'Check the base URL: it usually ends in /v1.',
  })
}

/** Error codes along the chain of causes. */
export function networkCodes(error: unknown): string[] {
  const codes: string[] = []
  const seen = new Set<unknown>()
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || seen.has(value) || seen.size > 20) return
    seen.add(value)
    const { code, cause, errors } = value as { code?: unknown; cause?: unknown; errors?: unknown }
    if (typeof code === 'string') codes.push(code)
    visit(cause)
    if (Array.isArray(errors)) errors.forEach(visit)
  }
  visit(error)
  return codes
}

const nobodyThere = /^(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN)$/
const tls = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO|INVALID_CA|PATH_LENGTH)/
const notHttp = /^HPE_/
const notHttpWords = /HTTP\/1\.1 protocol/
const tooLarge = /^ERR_BUFFER_TOO_LARGE$/

/** A call that never got an HTTP answer. */
export function errorOfNetwork(cause: unknown, origin: CallOrigin): ModelCallError {
  const codes = networkCodes(cause)
  const limits: RateLimitHints = {}
  const lastingUnlessSeen = origin.seen.hasAnswered ? 'transient' : 'lasting'
  const find = (pattern: RegExp) => codes.find((code) => pattern.test(code))
  const refused = find(nobodyThere)
  if (refused !== undefined)
    return new ModelCallError(`There is no server at ${origin.baseUrl} (${refused}).`, {
      kind: lastingUnlessSeen,
      limits,
      ...(origin.seen.hasAnswered ? {} : { advice: 'Start the server, or correct the base URL (OPENAI_BASE_URL or --base-url).' }),
    })
  const certificate = find(tls)
  if (certificate !== undefined)
    return new ModelCallError(`No secure connection to ${origin.baseUrl} (${certificate}).`, {
      kind: lastingUnlessSeen,
      limits,
      advice: 'Check whether the address is http or https; for a private certificate authority set NODE_EXTRA_CA_CERTS.',
    })
  if (find(tooLarge) !== undefined) {
    origin.seen.hasAnswered = true
    return new ModelCallError('The answer is too large to be one of a model.', { kind: 'request', limits })
  }
  const garbled = find(notHttp) ?? (notHttpWords.test(String(cause)) ? 'not HTTP' : undefined)
  if (garbled !== undefined)
    return new ModelCallError(`What answers at ${origin.baseUrl} does not speak HTTP (${garbled}).`, {
      kind: lastingUnlessSeen,
      limits,
      advice: 'Check the port, and whether the address is http or https.',
    })
  const words = cause instanceof Error ? cleanWords(cause.message, origin.secret) : 'no reason given'
  return new ModelCallError(`The connection to ${origin.baseUrl} broke (${codes[0] ?? words}).`, {
    kind: 'transient',
    limits,
    mostAttempts: mostBrokenConnections,
    advice: 'Check the address, and whether it is http or https.',
  })
}
