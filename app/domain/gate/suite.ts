import { z } from 'zod'
import { readYaml } from '../policy/yaml-text'
import type { YamlReading } from '../policy/yaml-text'
import { gateConditionsSchema } from './gate-conditions'

const reference = z.string().min(1, 'must name a file or a stored version')

/**
 * A suite file, `touchstone.suite/1`: which two prompt versions, over which golden set, with which model, and what the candidate must meet.
 * Paths are relative to the suite file. `Model` is the schema of a model configuration, which belongs to the replay engine.
 */
function suiteSchema<Model extends z.ZodType>(model: Model) {
  return z.strictObject({
    schema: z.literal('touchstone.suite/1'),
    name: z.string().min(1).optional(),
    /** A policy file, or the slug of a stored policy. */
    policy: reference,
    /** A file of cases, or POLICY/NAME[@REVISION]. */
    golden: reference,
    /** Hash (or its first characters) of the golden set that these conditions were written for. */
    goldenHash: z
      .string()
      .regex(/^[0-9a-f]{8,64}$/, 'must be 8 to 64 hexadecimal digits')
      .optional(),
    /** A prompt file, or POLICY@VERSION. */
    baseline: reference,
    candidate: reference,
    model,
    epochs: z.int().min(1).max(100).default(1),
    gate: gateConditionsSchema.default(() => gateConditionsSchema.parse({})),
  })
}
export type Suite<Model> = Omit<z.infer<ReturnType<typeof suiteSchema<z.ZodUnknown>>>, 'model'> & { model: Model }

/** Reads a suite. All problems at once, each with file, line and value. */
export function parseSuite<Model extends z.ZodType>(yamlText: string, fileName: string, model: Model): YamlReading<Suite<z.output<Model>>> {
  return readYaml(yamlText, fileName, suiteSchema(model)) as YamlReading<Suite<z.output<Model>>>
}
