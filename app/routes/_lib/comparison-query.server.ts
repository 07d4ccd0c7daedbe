import { z } from 'zod'

/** The margin of a comparison as a URL gives it. */
export const marginSchema = z.coerce
  .number({ error: 'must be a share above 0 and below 1, such as 0.02 for 2 points' })
  .gt(0, 'must be above 0; 0.02 is 2 points')
  .lt(1, 'must be below 1; 0.02 is 2 points')
  .optional()

/** `?replays=a,b,c&margin=0.02`. */
export const manyReplaysSchema = z.object({
  replays: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((reference) => reference.trim() || [])),
  margin: marginSchema,
})
