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

/** What a list of cases is called in files that hold other lists too, most telling first. */
const listNames = [
  'cases',
  'data',
  'rows',
  'records',
  'items',
  'examples',
  'samples',
  'results',
  'tasks',
  'tests',
  'comments',
  'messages',
  'posts',
  'train',
  'test',
]
const deepest = 3

type FoundList = { key: string; values: unknown[] }
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The list of cases in a document: itself, else the only list of objects below its keys or the one that is called as if it were it, else
 * its columns put together (`{"text":["a","b"],"label":[1,0]}`, or with row numbers as keys). Several: none can be chosen.
 */
export function findCaseList(value: unknown): { list: unknown[] } | { several: string[] } {
  if (Array.isArray(value)) return { list: value }
  for (let depth = 0, level: FoundList[] = [{ key: '', values: [value] }]; depth < deepest; depth += 1) {
    const lists = level.flatMap(({ key, values }) => values.flatMap((part) => listsIn(part, key)))
    const chosen = lists.length === 1 ? lists[0] : listNames.flatMap((name) => lists.find(({ key }) => key.endsWith(name)) ?? [])[0]
    if (chosen) return { list: chosen.values }
    if (lists.length > 1) return { several: lists.map(({ key }) => key) }
    const columns = isObject(value) && depth === 0 ? joinColumns(value) : null
    if (columns) return { list: columns }
    level = level.flatMap(({ key, values }) =>
      values.flatMap((part) => (isObject(part) ? Object.entries(part).map(([name, inner]) => ({ key: key + name, values: [inner] })) : [])),
    )
  }
  return { several: [] }
}

function listsIn(value: unknown, prefix: string): FoundList[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, part]) =>
    Array.isArray(part) && part.length > 0 && part.every((element) => typeof element === 'object' && element !== null)
      ? [{ key: prefix + key, values: part as unknown[] }]
      : [],
  )
}

/** A table that was written column by column, as pandas does. */
function joinColumns(value: Record<string, unknown>): unknown[] | null {
  const columns = Object.entries(value)
  const [first] = columns
  if (columns.length < 2 || !first) return null
  if (columns.every(([, cells]) => Array.isArray(cells) && cells.length > 0 && cells.length === (first[1] as unknown[]).length))
    return (first[1] as unknown[]).map((_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, (cells as unknown[])[row]])))
  if (!columns.every(([, cells]) => isObject(cells) && Object.keys(cells).length > 0)) return null
  const keys = Object.keys(first[1] as object)
  const isTable = columns.every(([, cells]) => {
    const own = Object.keys(cells as object)
    return own.length === keys.length && own.every((key, index) => key === keys[index]) && own.every((key) => /^\d+$/.test(key))
  })
  return isTable
    ? keys.map((key) => Object.fromEntries(columns.map(([name, cells]) => [name, (cells as Record<string, unknown>)[key]])))
    : null
}
