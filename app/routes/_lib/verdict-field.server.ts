import { z } from 'zod'

/** A verdict in one field of a form, as JSON: label, rule ids to whether they apply, severity. */
export const verdictFieldSchema = z
  .string()
  .max(20_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'The verdict is not readable.' })
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      label: z.string().min(1).max(64).nullable(),
      rules: z.record(z.string().min(1).max(64), z.boolean()),
      severity: z.string().min(1).max(64).optional(),
    }),
  )
