import { everyValue, type Preset } from './preset'
import { isObject, transformValues, without } from './transform-values'

export const openaiEvals: Preset = {
  name: 'openai-evals',
  title: 'OpenAI Evals',
  description:
    'Samples of OpenAI Evals (JSON Lines). The last user message of `input` is the content, earlier ones are its parents, `ideal` is the expected label; system messages are left out. Chat fine-tuning files too: there the last answer is the expected label.',
  detect: everyValue((outer) => {
    const sample = isObject(outer.item) ? outer.item : outer
    return ('ideal' in sample && 'input' in sample) || isChat(sample.messages)
  }),
  transform: (rows) =>
    transformValues(rows, (outer) => {
      const sample = isObject(outer.item) ? outer.item : outer
      const messages =
        typeof sample.input === 'string'
          ? [{ role: 'user', content: sample.input }]
          : Array.isArray(sample.input)
            ? sample.input.filter(isObject)
            : Array.isArray(sample.messages)
              ? sample.messages.filter(isObject)
              : []
      const said = messages.flatMap((message) => {
        const text = textOf(message.content)
        return message.role === 'system' || message.role === 'developer' || text === undefined ? [] : [{ role: message.role, text }]
      })
      // In fine-tuning files the answer to be learned is the last message.
      const answer = sample.ideal === undefined && said.at(-1)?.role === 'assistant' ? said.pop()?.text : undefined
      const content = said.at(-1)?.text
      if (content === undefined) return 'has no user message in "input" or "messages"'
      const ideal = answer ?? (Array.isArray(sample.ideal) ? (sample.ideal as unknown[])[0] : sample.ideal)
      return {
        ...(sample.id === undefined || sample.id === null ? {} : { id: String(sample.id) }),
        content,
        context: { parents: said.slice(0, -1).map(({ text }) => text) },
        ...(ideal === undefined || ideal === null ? {} : { expected: readIdeal(ideal) }),
        meta: {
          ...without(sample, ['id', 'input', 'messages', 'ideal', 'metadata']),
          ...(isObject(sample.metadata) ? sample.metadata : {}),
        },
      }
    }),
}

const isChat = (messages: unknown) =>
  Array.isArray(messages) && messages.length > 0 && messages.every((message) => isObject(message) && typeof message.role === 'string')

/** The text of a message: as it stands, or that of its parts. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.filter(isObject).flatMap((part) => (typeof part.text === 'string' ? [part.text] : []))
  return texts.length > 0 ? texts.join('\n') : undefined
}

/** A label, or a verdict written as JSON. */
function readIdeal(ideal: unknown): unknown {
  const text = typeof ideal === 'string' ? ideal.trim() : ideal
  let parsed: unknown = text
  if (typeof text === 'string' && text.startsWith('{'))
    try {
      parsed = JSON.parse(text)
    } catch {
      return text
    }
  if (!isObject(parsed) || typeof parsed.label !== 'string') return typeof parsed === 'string' ? parsed : String(text)
  return {
    label: parsed.label,
    ...(Array.isArray(parsed.rules) ? { rules: parsed.rules } : {}),
    ...(typeof parsed.severity === 'string' ? { severity: parsed.severity } : {}),
  }
}
