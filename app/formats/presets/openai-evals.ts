import type { Preset } from './preset'
import { isObject, transformValues, without } from './transform-values'

export const openaiEvals: Preset = {
  name: 'openai-evals',
  title: 'OpenAI Evals',
  description:
    'Samples of OpenAI Evals (JSON Lines). The last user message of `input` is the content, earlier ones are its parents, `ideal` is the expected label; system messages are left out.',
  transform: (rows) =>
    transformValues(rows, (outer) => {
      const sample = isObject(outer.item) ? outer.item : outer
      const messages =
        typeof sample.input === 'string'
          ? [{ role: 'user', content: sample.input }]
          : Array.isArray(sample.input)
            ? sample.input.filter(isObject)
            : []
      const said = messages
        .filter((message) => message.role !== 'system' && message.role !== 'developer' && typeof message.content === 'string')
        .map((message) => String(message.content))
      const content = said.at(-1)
      if (content === undefined) return 'has no user message in "input"'
      const ideal = Array.isArray(sample.ideal) ? sample.ideal[0] : sample.ideal
      return {
        ...(sample.id === undefined || sample.id === null ? {} : { id: String(sample.id) }),
        content,
        context: { parents: said.slice(0, -1) },
        ...(ideal === undefined || ideal === null ? {} : { expected: String(ideal) }),
        meta: { ...without(sample, ['id', 'input', 'ideal', 'metadata']), ...(isObject(sample.metadata) ? sample.metadata : {}) },
      }
    }),
}
