import { z } from 'zod'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'

/** The conditions of a gate as a form field or a parameter: JSON. */
export const conditionsField = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' })
      return z.NEVER
    }
  })
  .pipe(gateConditionsSchema)
