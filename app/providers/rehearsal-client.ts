import { readRenderedMessages } from '~/domain/prompt/render'
import { prepareRehearsal } from '~/domain/rehearsal/prepare-rehearsal'
import type { PreparedRehearsal } from '~/domain/rehearsal/prepare-rehearsal'
import { rehearseVerdict } from '~/domain/rehearsal/rehearse-verdict'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { ModelAnswer, ModelClient, ModelRequest } from '~/replay/ports'

/** Changes whenever the classifier's answers change, so that answers of an earlier one are not taken from a cache for the same. */
export const rehearsalModelVersion = 'touchstone-rehearsal-1'

/**
 * The bundled classifier behind the port of a model: it sees the rendered messages and nothing else. No network, no key, no cost, and no
 * figure that says anything of a real model.
 */
export function createRehearsalClient(configuration: ModelConfiguration): ModelClient {
  let prepared: { promptText: string; rehearsal: PreparedRehearsal } | null = null
  return {
    configuration,
    async answer({ messages, scheme, signal }: ModelRequest): Promise<ModelAnswer> {
      signal.throwIfAborted()
      const { promptText, content, context } = readRenderedMessages(messages)
      if (prepared?.promptText !== promptText) prepared = { promptText, rehearsal: prepareRehearsal(promptText) }
      const verdict = rehearseVerdict(prepared.rehearsal, { content, context }, scheme)
      return {
        text: JSON.stringify(verdict),
        finish: 'stop',
        usage: { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null },
        providerModel: rehearsalModelVersion,
        limits: {},
        warnings: [],
      }
    },
  }
}
