import { flipKinds } from '~/domain/comparison/comparison'
import type { FlipKind } from '~/domain/comparison/comparison'
import { createComparison } from '~/domain/comparison/compare'
import type { CaseToCompare, ComparisonSetup, SideFacts } from '~/domain/comparison/compare'
import type { JudgedSide } from '~/domain/comparison/flips'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { ExpectedVerdict, UnscoredReason } from '~/domain/verdict/verdict'

const scheme: VerdictScheme = { ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H2' }], severities: ['low', 'high'] }
export const facts = (version: number, over: Partial<SideFacts> = {}): SideFacts => ({
  replay: `replay-${version}`,
  costUsd: 1,
  latencyMs: { p50: 10, p95: 20 },
  promptVersion: version,
  promptHash: `hash${version}`.padEnd(64, '0'),
  goldenRevision: 1,
  model: 'openai:gpt-5-mini',
  providerModels: ['gpt-5-mini-2026-01-01'],
  ...over,
})
export const setup = (over: Partial<ComparisonSetup> = {}): ComparisonSetup => ({
  scheme,
  baseline: facts(7),
  candidate: facts(8),
  ...over,
})

export const violating: ExpectedVerdict = { label: 'violates', rules: {} }
export const allowed: ExpectedVerdict = { label: 'allowed', rules: {} }
export function says(
  expected: ExpectedVerdict | null,
  label: string | null,
  rules: string[] = [],
  reason: Exclude<UnscoredReason, 'unlabelled' | 'error'> = 'refused',
): JudgedSide {
  const verdict = label === null ? null : { label, rules }
  return {
    expected,
    verdict,
    ...judgeOutcome({ expected, reading: verdict ? { status: 'verdict', verdict } : { status: 'unscored', reason, detail: 'x' } }),
  }
}
export const right = says(violating, 'violates')
export const wrong = says(violating, 'allowed')
const unscored = says(violating, null)

/** Cases of a comparison from how many of each kind there are. */
export function casesOf(counts: Partial<Record<FlipKind, number>>, over: Partial<CaseToCompare> = {}): CaseToCompare[] {
  const sides: Record<FlipKind, [JudgedSide | null, JudgedSide | null]> = {
    fixed: [wrong, right],
    regressed: [right, wrong],
    stillRight: [right, right],
    stillWrong: [wrong, wrong],
    unscored: [right, unscored],
    added: [null, right],
    removed: [wrong, null],
    relabelled: [right, says(allowed, 'allowed')],
    leaked: [wrong, right],
  }
  return flipKinds.flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, index) => ({
      caseId: `${kind}-${index}`,
      baseline: sides[kind][0],
      candidate: sides[kind][1],
      ...(kind === 'leaked' ? { quotedBy: { baseline: false, candidate: true } } : {}),
      ...over,
    })),
  )
}
export function compare(cases: readonly CaseToCompare[], over: Partial<ComparisonSetup> = {}) {
  const comparison = createComparison(setup(over))
  for (const entry of cases) comparison.add(entry)
  return comparison.finish()
}
