import { createComparison } from '~/domain/comparison/compare'
import type { SideFacts } from '~/domain/comparison/compare'
import type { Comparison } from '~/domain/comparison/comparison'
import type { JudgedSide } from '~/domain/comparison/flips'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { prepareRehearsal } from '~/domain/rehearsal/prepare-rehearsal'
import { rehearseVerdict } from '~/domain/rehearsal/rehearse-verdict'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'

/** What the rehearsal model says of each case, in their order, and whether it is right. */
function rehearse(promptText: string, cases: GoldenCase[], scheme: VerdictScheme): JudgedSide[] {
  const prepared = prepareRehearsal(promptText)
  return cases.map((golden) => {
    const verdict = rehearseVerdict(prepared, golden, scheme)
    const { expected } = golden
    return { expected, verdict, ...judgeOutcome({ expected, reading: { status: 'verdict', verdict } }) }
  })
}

/** The ids of the cases that the rehearsal model judges as expected, for each prompt version. */
export function rehearsePrompts(prompts: Array<{ text: string }>, cases: GoldenCase[], scheme: VerdictScheme): string[][] {
  return prompts.map(({ text }) => {
    const sides = rehearse(text, cases, scheme)
    return cases.filter((_, index) => sides[index]?.outcome === 'correct').map((golden) => golden.id)
  })
}

/** Compares two prompt texts as a replay of each with the rehearsal model would be compared. */
export function rehearseComparison(texts: { baseline: string; candidate: string }, cases: GoldenCase[], scheme: VerdictScheme): Comparison {
  const factsOf = (version: number): SideFacts => ({
    replay: `rehearsal-${version}`,
    costUsd: 0,
    latencyMs: { p50: 0, p95: 0 },
    promptVersion: version,
    promptHash: String(version),
    goldenRevision: 1,
    model: 'touchstone:rehearsal',
    providerModels: [],
  })
  const comparison = createComparison({ scheme, baseline: factsOf(1), candidate: factsOf(2), by: ['rule', 'tag'] })
  const baseline = rehearse(texts.baseline, cases, scheme)
  const candidate = rehearse(texts.candidate, cases, scheme)
  for (const [index, golden] of cases.entries()) {
    const rules = Object.entries(golden.expected?.rules ?? {}).filter(([, applies]) => applies)
    comparison.add({
      caseId: golden.id,
      baseline: baseline[index] ?? null,
      candidate: candidate[index] ?? null,
      mustPass: golden.mustPass,
      facets: [...rules.map(([value]) => ({ by: 'rule', value })), ...golden.tags.map((value) => ({ by: 'tag', value }))],
    })
  }
  return comparison.finish()
}
