import type { Command } from 'commander'
import { TouchstoneError } from '~/lib/errors'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { CliContext } from './context'
import { realNumber, webAddress, wholeNumber } from './options'

export type ModelOptions = {
  model?: string
  baseUrl?: string
  api?: string
  answerFormat?: string
  temperature?: number
  topP?: number
  seed?: number
  maxOutputTokens?: number
  reasoningEffort?: string
  serviceTier?: string
  repair?: boolean
  context?: boolean
}

/** The options that say which model answers, and how it is asked. */
export function addModelOptions(command: Command): Command {
  return command
    .option('--base-url <url>', 'OpenAI-compatible server (vLLM, Ollama, llama.cpp …); default: OPENAI_BASE_URL', webAddress)
    .option('--api <api>', 'responses or chat')
    .option('--answer-format <format>', 'json, json-in-words, gpt-oss-safeguard, llama-guard, shieldgemma or openai-moderation')
    .option('--temperature <number>', 'sampling temperature, 0 to 2', realNumber(0, 2))
    .option('--top-p <number>', 'nucleus sampling, up to 1', realNumber(0, 1))
    .option('--seed <number>', 'seed that is sent to the model', wholeNumber(-2147483648, 2147483647))
    .option('--max-output-tokens <number>', 'limit of an answer', wholeNumber(1, 1_000_000))
    .option('--reasoning-effort <effort>', 'none, minimal, low, medium, high or xhigh')
    .option('--service-tier <tier>', 'auto, default, flex or priority')
    .option('--repair', 'ask once more, saying what was wrong, when an answer cannot be read')
    .option('--no-context', 'send the content without parent messages, surface, author and locale')
}

/** `PROVIDER:NAME` and the other options → a model configuration. Throws a TouchstoneError that names what is wrong. */
export async function readModel(options: ModelOptions, context: Pick<CliContext, 'keyOrigins'>): Promise<ModelConfiguration> {
  // Whoever types the command has the key, and says where it goes.
  if (options.baseUrl !== undefined) context.keyOrigins.push(new URL(options.baseUrl).origin)
  const { modelConfigurationSchema } = await import('~/replay/model-configuration')
  const written = options.model ?? ''
  const separator = written.indexOf(':')
  const known = 'Use openai:NAME (any OpenAI-compatible server, with --base-url), or touchstone:rehearsal, which needs no key.'
  if (separator < 1 || separator === written.length - 1)
    throw new TouchstoneError('invalid-input', `--model ${JSON.stringify(written)} is not of the form PROVIDER:NAME.`, known)
  const parsed = modelConfigurationSchema.safeParse({
    provider: written.slice(0, separator),
    name: written.slice(separator + 1),
    baseUrl: options.baseUrl,
    api: options.api,
    answerFormat: options.answerFormat,
    temperature: options.temperature,
    topP: options.topP,
    seed: options.seed,
    maxOutputTokens: options.maxOutputTokens,
    reasoningEffort: options.reasoningEffort,
    serviceTier: options.serviceTier,
    repair: options.repair,
    withContext: options.context === false ? false : undefined,
  })
  if (parsed.success) return withoutUndefined(parsed.data)
  const issue = parsed.error.issues[0]
  const field = String(issue?.path[0] ?? 'model')
  if (field === 'provider')
    throw new TouchstoneError('invalid-input', `There is no provider ${JSON.stringify(written.slice(0, separator))}.`, known)
  const option = `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new TouchstoneError(
    'invalid-input',
    `${option}: ${(issue?.message ?? '').replace('Invalid option: ', '')}.`,
    'See touchstone replay --help.',
  )
}

/** An absent parameter and one that is undefined have to be the same configuration. */
const withoutUndefined = (model: ModelConfiguration) =>
  Object.fromEntries(Object.entries(model).filter(([, value]) => value !== undefined)) as ModelConfiguration
