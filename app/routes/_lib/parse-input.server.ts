import type { z } from 'zod'
import { TouchstoneError } from '~/lib/errors'

/** What the schema makes of a value from outside; the first thing that is wrong is one sentence of a TouchstoneError. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.')
  throw new TouchstoneError('invalid-input', `${where ? `${where}: ` : ''}${issue?.message ?? 'The input is not valid.'}`)
}
