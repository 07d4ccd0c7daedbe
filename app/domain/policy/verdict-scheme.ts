import { z } from 'zod'

/** What a label means to the platform, whatever it is called: the *violating* label is the positive class of every metric. */
const labelKindSchema = z.enum(['violating', 'allowed', 'escalate'])
export type LabelKind = z.infer<typeof labelKindSchema>

const identifierSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, 'must start with a letter or digit and hold only letters, digits, ".", "_" and "-"')

const verdictLabelSchema = z.object({
  id: identifierSchema,
  name: z.string().min(1).optional(),
  kind: labelKindSchema,
  description: z.string().optional(),
})
export type VerdictLabel = z.infer<typeof verdictLabelSchema>

const schemeRuleSchema = z.object({
  id: identifierSchema,
  name: z.string().min(1).optional(),
  description: z.string().optional(),
})

/** The vocabulary of a policy: its labels (exactly one violating), its rules, its severities from mild to grave. */
export const verdictSchemeSchema = z
  .object({
    labels: z.array(verdictLabelSchema).min(2),
    rules: z.array(schemeRuleSchema).default([]),
    severities: z.array(identifierSchema).default([]),
  })
  .superRefine((scheme, context) => {
    const violating = scheme.labels.filter((label) => label.kind === 'violating')
    if (violating.length !== 1)
      context.addIssue({
        code: 'custom',
        path: ['labels'],
        message: `exactly one label must be of kind "violating", found ${violating.length}`,
      })
    if (!scheme.labels.some((label) => label.kind === 'allowed'))
      context.addIssue({ code: 'custom', path: ['labels'], message: 'at least one label must be of kind "allowed"' })
    for (const [key, ids] of [
      ['labels', scheme.labels.map((label) => label.id)],
      ['rules', scheme.rules.map((rule) => rule.id)],
      ['severities', scheme.severities],
    ] as const) {
      const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
      if (repeated !== undefined) context.addIssue({ code: 'custom', path: [key], message: `"${repeated}" is listed twice` })
    }
  })
export type VerdictScheme = z.infer<typeof verdictSchemeSchema>

/** The scheme of a policy that states none. */
export const defaultVerdictScheme: VerdictScheme = {
  labels: [
    { id: 'violates', name: 'Violates', kind: 'violating' },
    { id: 'allowed', name: 'Allowed', kind: 'allowed' },
    { id: 'escalate', name: 'Escalate', kind: 'escalate' },
  ],
  rules: [],
  severities: [],
}

/** The id of the violating label, the positive class. */
export function positiveLabel(scheme: VerdictScheme): string {
  const label = scheme.labels.find((candidate) => candidate.kind === 'violating')
  if (!label) throw new RangeError('the verdict scheme has no violating label')
  return label.id
}

/** The id of the first allowed label: what "does not violate" becomes where a file or model says no more than that. */
export function allowedLabel(scheme: VerdictScheme): string {
  const label = scheme.labels.find((candidate) => candidate.kind === 'allowed')
  if (!label) throw new RangeError('the verdict scheme has no allowed label')
  return label.id
}
