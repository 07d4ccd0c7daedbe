import { gateConditionsSchema, type FloorBasis, type GateConditions, type SliceCondition } from '~/domain/gate/gate-conditions'

/**
 * A gate as its form holds it: shares as the percentages that people type, nothing where the field is empty. What the form does not show
 * (such as a ceiling of the median latency) is kept in `rest`.
 */
export type GateDraft = {
  require: 'better' | 'not-worse'
  margin: string
  alpha: string
  mustPass: 'marked' | 'tag' | 'all'
  mustPassTag: string
  overall: { accuracy: string; precision: string; recall: string; macroF1: string; on: FloorBasis }
  slices: SliceDraft[]
  maxOverEnforcement: string
  maxUnderEnforcement: string
  maxUnscored: string
  maxCostUsd: string
  maxLatencyP95Ms: string
  rest: Partial<GateConditions>
}
export type SliceDraft = {
  key: number
  by: string
  value: string
  recall: string
  precision: string
  accuracy: string
  margin: string
  on: FloorBasis
}

export type DraftReading = { ok: true; conditions: GateConditions } | { ok: false; problems: string[] }

export function toDraft(conditions: GateConditions): GateDraft {
  const { overall, mustPass, slices, maxLatencyMs } = conditions
  return {
    require: conditions.require,
    margin: toPercent(conditions.margin),
    alpha: toPercent(conditions.alpha),
    mustPass: mustPass === undefined ? 'marked' : 'tag' in mustPass ? 'tag' : 'all',
    mustPassTag: mustPass && 'tag' in mustPass ? mustPass.tag : '',
    overall: {
      accuracy: toPercent(overall?.accuracy),
      precision: toPercent(overall?.precision),
      recall: toPercent(overall?.recall),
      macroF1: toPercent(overall?.macroF1),
      on: overall?.on ?? 'estimate',
    },
    slices: slices.map((slice, key) => ({
      key,
      by: slice.by,
      value: slice.value ?? '',
      recall: toPercent(slice.recall),
      precision: toPercent(slice.precision),
      accuracy: toPercent(slice.accuracy),
      margin: toPercent(slice.margin),
      on: slice.on,
    })),
    maxOverEnforcement: toPercent(conditions.maxOverEnforcement),
    maxUnderEnforcement: toPercent(conditions.maxUnderEnforcement),
    maxUnscored: toPercent(conditions.maxUnscored),
    maxCostUsd: conditions.maxCostUsd === undefined ? '' : String(conditions.maxCostUsd),
    maxLatencyP95Ms: maxLatencyMs?.p95 === undefined ? '' : String(maxLatencyMs.p95),
    rest: conditions,
  }
}

/** The conditions that the form states, or what is wrong with it, a sentence each. */
export function readDraft(draft: GateDraft): DraftReading {
  const { rest } = draft
  const overall = {
    ...rest.overall,
    accuracy: toShare(draft.overall.accuracy),
    precision: toShare(draft.overall.precision),
    recall: toShare(draft.overall.recall),
    macroF1: toShare(draft.overall.macroF1),
    on: draft.overall.on,
  }
  const hasOverall = Object.entries(overall).some(([name, value]) => name !== 'on' && value !== undefined)
  const latency = { ...rest.maxLatencyMs, p95: toNumber(draft.maxLatencyP95Ms) }
  const parsed = gateConditionsSchema.safeParse(
    withoutUndefined({
      require: draft.require,
      margin: toShare(draft.margin),
      alpha: toShare(draft.alpha),
      mustPass: draft.mustPass === 'marked' ? undefined : draft.mustPass === 'all' ? { all: true } : { tag: draft.mustPassTag },
      overall: hasOverall ? withoutUndefined(overall) : undefined,
      slices: draft.slices.map(readSlice),
      maxOverEnforcement: toShare(draft.maxOverEnforcement),
      maxUnderEnforcement: toShare(draft.maxUnderEnforcement),
      maxUnscored: toShare(draft.maxUnscored),
      maxCostUsd: toNumber(draft.maxCostUsd),
      maxLatencyMs: latency.p50 === undefined && latency.p95 === undefined ? undefined : withoutUndefined(latency),
    }),
  )
  if (parsed.success) return { ok: true, conditions: parsed.data }
  return { ok: false, problems: parsed.error.issues.map((issue) => `${nameOf(issue.path)}: ${plain(issue.message)}`) }
}

function readSlice(slice: SliceDraft): Partial<SliceCondition> {
  return withoutUndefined({
    by: slice.by,
    value: slice.value === '' ? undefined : slice.value,
    recall: toShare(slice.recall),
    precision: toShare(slice.precision),
    accuracy: toShare(slice.accuracy),
    margin: toShare(slice.margin),
    on: slice.on,
  })
}

const names: Record<string, string> = {
  margin: 'Margin',
  alpha: 'Level of the test',
  mustPass: 'Zero tolerance',
  overall: 'Floors',
  slices: 'Slice',
  maxOverEnforcement: 'Most over-enforcement',
  maxUnderEnforcement: 'Most under-enforcement',
  maxUnscored: 'Most unscored',
  maxCostUsd: 'Most cost',
  maxLatencyMs: 'Most latency',
}

function nameOf([first, second]: PropertyKey[]): string {
  const name = names[String(first)] ?? String(first)
  return typeof second === 'number' ? `${name} ${second + 1}` : name
}

const plain = (message: string) =>
  message.startsWith('Invalid input') || message.startsWith('Too small') ? 'is not filled in or not a number' : message

/** A share as a percentage without the noise of binary fractions: 0.07 → "7". */
function toPercent(share: number | undefined): string {
  return share === undefined ? '' : String(Number((share * 100).toFixed(8)))
}

function toShare(text: string): number | undefined {
  const number = toNumber(text)
  return number === undefined ? undefined : Number((number / 100).toFixed(10))
}

/** Empty is nothing; what is no number is NaN, which the schema refuses. */
function toNumber(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text.trim().replace(',', '.'))
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T
}
