import { z } from 'zod'
import { transformNames } from '~/domain/probes/transforms'

/** What is probed, as the form of the probes page says it. */
export const probesFieldsSchema = z.object({
  goldenSet: z.string().min(1),
  version: z.coerce.number().int().min(1),
  limit: z.coerce.number().int().min(1).max(1_000_000),
  seed: z.coerce.number().int().min(0).max(0xffffffff),
  transforms: z.array(z.enum(transformNames)).min(1, 'choose at least one transform'),
})
