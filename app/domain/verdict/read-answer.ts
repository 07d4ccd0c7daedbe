import type { VerdictScheme } from '../policy/verdict-scheme'
import type { AnswerFormat } from '../prompt/answer-format'
import { makeWellFormed } from '../prompt/fence'
import { matcherOf } from './match-scheme'
import type { SchemeMatcher } from './match-scheme'
import { readJsonAnswer } from './read-json'
import { readLlamaGuardAnswer } from './read-llama-guard'
import { readModerationAnswer } from './read-moderation'
import { readShieldGemmaAnswer } from './read-shieldgemma'
import type { AnswerReading } from './verdict'

export type AnswerToRead = {
  text: string
  finish: 'stop' | 'length' | 'content-filter' | 'refusal' | 'other'
  /** The model's words when it refused. */
  refusal?: string
  scheme: VerdictScheme
  /** Default `json`. */
  answerFormat?: AnswerFormat
}

const readers: Record<AnswerFormat, (text: string, matcher: SchemeMatcher) => AnswerReading> = {
  json: readJsonAnswer,
  'json-in-words': readJsonAnswer,
  'gpt-oss-safeguard': readJsonAnswer,
  'llama-guard': readLlamaGuardAnswer,
  shieldgemma: readShieldGemmaAnswer,
  'openai-moderation': readModerationAnswer,
}

/**
 * A model's answer → a verdict in the scheme's own ids, or the stated reason why there is none. Total: never throws, whatever the text;
 * linear in its length. How the answer ended goes before what it says: an answer cut off at the token limit is `truncated` even where its
 * beginning could be read.
 */
export function readAnswer({ text, finish, refusal, scheme, answerFormat = 'json' }: AnswerToRead): AnswerReading {
  if (finish === 'length') return { status: 'unscored', reason: 'truncated', detail: 'the answer ended at the token limit' }
  if (finish === 'content-filter')
    return { status: 'unscored', reason: 'contentFilter', detail: "the provider's content filter stopped the answer" }
  if (finish === 'refusal' || (refusal !== undefined && refusal.trim() !== '')) {
    const words = makeWellFormed((refusal ?? '').trim() || text.trim()).slice(0, 300)
    return { status: 'unscored', reason: 'refused', detail: words === '' ? 'the model refused' : words }
  }
  return readers[answerFormat](text, matcherOf(scheme))
}
