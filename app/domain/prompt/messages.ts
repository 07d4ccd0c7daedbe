/** What is sent to a model, in the order in which it is sent. The last message is always the user message that holds the content. */
export type ModelMessage = { role: 'system' | 'user' | 'assistant'; content: string }
