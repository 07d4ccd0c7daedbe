import type { ModelMessage } from '~/domain/prompt/messages'

/** What a message costs beside its text, and the answer's start (OpenAI cookbook, "How to count tokens with tiktoken"). */
const tokensAMessage = 3
const tokensAnAnswer = 3

/**
 * Counts the tokens of messages with o200k_base, the encoding of OpenAI's models since GPT-4o; for other models it is an estimate. Loaded on
 * first use: the vocabulary is large.
 */
export async function createTokenCounter(): Promise<(messages: readonly ModelMessage[]) => number> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  // The instructions are the same for every case.
  const counted = new Map<string, number>()
  const countText = (text: string): number => {
    const known = counted.get(text)
    if (known !== undefined) return known
    // Content may hold the names of special tokens: it is text like any other.
    const count = countTokens(text, { disallowedSpecial: new Set<string>() })
    if (counted.size < 50) counted.set(text, count)
    return count
  }
  return (messages) => messages.reduce((sum, message) => sum + countText(message.content) + tokensAMessage, tokensAnAnswer)
}
