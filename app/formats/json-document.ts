import { TouchstoneError } from '~/lib/errors'

/** A document that can only be read whole may not be larger. */
export const maxDocumentBytes = 64_000_000

/** Reads a small JSON or YAML document whole. Throws a TouchstoneError that says where it breaks. */
export async function readJsonDocument(bytes: AsyncIterable<Buffer>, format: 'yaml' | 'json'): Promise<unknown> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > maxDocumentBytes)
      throw new TouchstoneError(
        'invalid-input',
        `The file is larger than ${maxDocumentBytes / 1_000_000} MB.`,
        'Save the cases as JSON Lines.',
      )
    parts.push(chunk)
  }
  const text = Buffer.concat(parts).toString('utf8')
  try {
    if (format === 'json') return JSON.parse(text)
    const { parse } = await import('yaml')
    // Few aliases, so that a small file cannot unfold into a huge one.
    return parse(text, { maxAliasCount: 100 })
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new TouchstoneError(
      'invalid-input',
      `The file is not valid ${format === 'yaml' ? 'YAML' : 'JSON'}: ${reason.replace(/:$/, '')}.`,
      'Repair it and try again.',
      { cause: error },
    )
  }
}

/** The lists of objects in a value: itself, or those directly below its keys. */
export function arraysIn(value: unknown): Array<{ key: string; values: unknown[] }> {
  const isList = (part: unknown): part is unknown[] =>
    Array.isArray(part) && part.length > 0 && part.every((element) => typeof element === 'object' && element !== null)
  if (Array.isArray(value)) return [{ key: '', values: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => (isList(part) ? [{ key, values: part }] : []))
}
