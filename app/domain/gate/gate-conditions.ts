import { z } from 'zod'

const share = z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1')

/** What a floor is held against: the figure itself, or the lower bound of its Wilson interval, which a few lucky cases do not lift. */
const floorBasisSchema = z.enum(['estimate', 'lower-bound'])
export type FloorBasis = z.infer<typeof floorBasisSchema>

/** Figures that are a share of cases, so that a floor can be held against a lower bound. */
export const shareFloors = ['accuracy', 'precision', 'recall'] as const
export type ShareFloor = (typeof shareFloors)[number]

const shareFloorFields = { accuracy: share.optional(), precision: share.optional(), recall: share.optional() }

const sliceConditionSchema = z
  .strictObject({
    /** `rule`, `tag`, `locale`, …, or the name of a metadata column. */
    by: z.string().min(1),
    /** One slice; without it every slice of `by`. */
    value: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
    ...shareFloorFields,
    on: floorBasisSchema.default('estimate'),
    /** Largest loss of accuracy in the slice; over several slices by Holm. */
    margin: z.number().gt(0, 'must be above 0 and below 1').lt(1, 'must be above 0 and below 1').optional(),
  })
  .refine((condition) => condition.margin !== undefined || shareFloors.some((floor) => condition[floor] !== undefined), {
    message: 'names no floor: give recall, precision, accuracy or margin',
  })
export type SliceCondition = z.infer<typeof sliceConditionSchema>

/** The `gate` of a suite. Shares are from 0 to 1, so that 0.02 is 2 points. */
export const gateConditionsSchema = z.strictObject({
  /** What the verdict on the difference must be at least. */
  require: z.enum(['better', 'not-worse']).default('not-worse'),
  margin: z
    .number()
    .gt(0, 'must be above 0 and below 1 (0.02 is 2 points)')
    .lt(1, 'must be above 0 and below 1 (0.02 is 2 points)')
    .default(0.02),
  alpha: z.number().gt(0, 'must be above 0 and at most 0.5').max(0.5, 'must be above 0 and at most 0.5').default(0.05),
  /** Zero tolerance for regressions: the cases with a tag, or all. Cases marked `mustPass` are always held to it. */
  mustPass: z
    .union([z.strictObject({ tag: z.string().min(1) }), z.strictObject({ all: z.literal(true) })], 'must be { tag: NAME } or { all: true }')
    .optional(),
  slices: z.array(sliceConditionSchema).default([]),
  /** Floors of the candidate over all cases. */
  overall: z
    .strictObject({
      ...shareFloorFields,
      f1: share.optional(),
      macroF1: share.optional(),
      kappa: z.number().min(-1).max(1).optional(),
      mcc: z.number().min(-1).max(1).optional(),
      on: floorBasisSchema.default('estimate'),
    })
    .optional(),
  /** Ceilings of the candidate. */
  maxOverEnforcement: share.optional(),
  maxUnderEnforcement: share.optional(),
  /** Largest share of the labelled cases that may be without a score, on either side. */
  maxUnscored: share.optional(),
  /** Both sides together. */
  maxCostUsd: z.number().min(0, 'must be at least 0').optional(),
  /** Of the candidate. */
  maxLatencyMs: z.strictObject({ p50: z.number().gt(0).optional(), p95: z.number().gt(0).optional() }).optional(),
})
export type GateConditions = z.infer<typeof gateConditionsSchema>

/** What a comparison must be sliced by for these conditions to be judged. */
export function slicesNeeded(conditions: GateConditions): string[] {
  const tag = conditions.mustPass && 'tag' in conditions.mustPass ? ['tag'] : []
  return [...new Set([...tag, ...conditions.slices.map((condition) => condition.by)])]
}
