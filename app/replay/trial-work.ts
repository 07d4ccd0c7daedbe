import type { ModelMessage } from '../domain/prompt/messages'
import { renderMessages } from '../domain/prompt/render'
import { judgeOutcome } from '../domain/verdict/judge-outcome'
import { readAnswer } from '../domain/verdict/read-answer'
import type { AnswerReading } from '../domain/verdict/verdict'
import { answerFormatOf } from './model-configuration'
import type { ModelAnswer, PendingTrial, ReplayDefinition, TokenUsage, TrialResult } from './ports'

/** One trial from its claim to its result. */
export type TrialWork = {
  trial: PendingTrial
  messages: ModelMessage[]
  /** Null when the cache is off. */
  cacheKey: string | null
  /** Attempts that failed and were worth trying again. */
  failures: number
  /** Of these, those that said after how many of them to give up. */
  limitedFailures: number
  /** Time spent on failed attempts and on waiting after them, without the time in which the whole replay was paused. */
  failingMs: number
  /** Monotonic; null: it has not failed. */
  firstFailedMs: number | null
  failedAtMs: number | null
  /** It failed again although other requests have been answered in between. */
  isOwnFault: boolean
  calls: number
  /** The first answer, when the model was asked to put it right. */
  repairOf: ModelAnswer | null
  expectedUsd: number
}

export function startWork(definition: ReplayDefinition, trial: PendingTrial): TrialWork {
  const messages = renderMessages({
    promptText: definition.promptText,
    scheme: definition.scheme,
    case: trial.case,
    answerFormat: answerFormatOf(definition.model),
    ...(definition.model.withContext === undefined ? {} : { withContext: definition.model.withContext }),
  })
  return {
    trial,
    messages,
    cacheKey: null,
    failures: 0,
    limitedFailures: 0,
    failingMs: 0,
    firstFailedMs: null,
    failedAtMs: null,
    isOwnFault: false,
    calls: 0,
    repairOf: null,
    expectedUsd: 0,
  }
}

export function readModelAnswer(definition: ReplayDefinition, answer: ModelAnswer): AnswerReading {
  return readAnswer({
    text: answer.text,
    finish: answer.finish,
    ...(answer.refusal === undefined ? {} : { refusal: answer.refusal }),
    scheme: definition.scheme,
    answerFormat: answerFormatOf(definition.model),
  })
}

/** The messages that ask once more, saying what was wrong. */
export function repairMessages(work: TrialWork, answer: ModelAnswer, detail: string): ModelMessage[] {
  return [
    ...work.messages,
    { role: 'assistant', content: answer.text.slice(0, 4_000) },
    {
      role: 'user',
      content: `Your answer could not be read: ${detail}. Give your verdict again, in the form that was asked for and nothing else.`,
    },
  ]
}

const addUsage = (one: number | null, other: number | null): number | null => (one === null ? other : other === null ? one : one + other)

export function sumUsage(one: TokenUsage, other: TokenUsage): TokenUsage {
  return {
    inputTokens: addUsage(one.inputTokens, other.inputTokens),
    outputTokens: addUsage(one.outputTokens, other.outputTokens),
    cachedInputTokens: addUsage(one.cachedInputTokens, other.cachedInputTokens),
    reasoningTokens: addUsage(one.reasoningTokens, other.reasoningTokens),
  }
}

/** A read answer → the result to keep. */
export function resultOf(
  work: TrialWork,
  answer: ModelAnswer,
  reading: AnswerReading,
  figures: { latencyMs: number | null; costUsd: number | null; cached: boolean; keepRawAnswer: boolean },
): TrialResult {
  const { trial } = work
  const raw = answer.text === '' ? (answer.refusal ?? '') : answer.text
  return {
    caseId: trial.case.id,
    epoch: trial.epoch,
    ...judgeOutcome({ expected: trial.case.expected, reading }),
    verdict: reading.status === 'verdict' ? reading.verdict : null,
    detail: reading.status === 'verdict' ? null : reading.detail,
    rawAnswer: figures.keepRawAnswer && raw !== '' ? raw : null,
    latencyMs: figures.latencyMs,
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    costUsd: figures.costUsd,
    cached: figures.cached,
    calls: figures.cached ? 0 : work.calls,
    providerModel: answer.providerModel ?? null,
    systemFingerprint: answer.systemFingerprint ?? null,
  }
}

/** No answer: the reason stands in the result. */
export function errorResultOf(work: TrialWork, detail: string): TrialResult {
  const { trial } = work
  return {
    caseId: trial.case.id,
    epoch: trial.epoch,
    ...judgeOutcome({ expected: trial.case.expected, error: true }),
    verdict: null,
    detail,
    rawAnswer: null,
    latencyMs: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    cached: false,
    calls: work.calls,
    providerModel: null,
    systemFingerprint: null,
  }
}
