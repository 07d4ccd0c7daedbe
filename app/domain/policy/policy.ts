import { z } from 'zod'
import { defaultVerdictScheme, verdictSchemeSchema } from './verdict-scheme'

export const slugSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must hold only lower-case letters, digits and "-", and start with a letter or digit')

/** What an error costs: `expected` was right, the model said `predicted`. Severity narrows an entry; the most specific entry counts. Unit: the policy's own. */
export const errorCostSchema = z.object({
  expected: z.string(),
  predicted: z.string(),
  severity: z.string().optional(),
  cost: z.number().min(0),
})
export type ErrorCost = z.infer<typeof errorCostSchema>

/** A policy file, `touchstone.policy/1`. The prompt versions live in files or rows of their own. */
export const policyDefinitionSchema = z.object({
  schema: z.literal('touchstone.policy/1'),
  slug: slugSchema,
  name: z.string().min(1).max(200),
  description: z.string().default(''),
  verdicts: verdictSchemeSchema.default(defaultVerdictScheme),
  errorCosts: z.array(errorCostSchema).default([]),
  /** Share of violating items in production, 0 to 1; precision is restated at this prevalence. */
  productionPrevalence: z.number().gt(0).lt(1).optional(),
})
export type PolicyDefinition = z.infer<typeof policyDefinitionSchema>
