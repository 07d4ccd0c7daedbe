import { setParameter, toSearch } from '~/components/case/facet-url'
import { outcomes, type Outcome } from '~/domain/verdict/verdict'

/** Which trials of a replay are shown. */
export type TrialFilter = { outcome?: Outcome; ruleOutcome?: 'wrong'; expectedLabel?: string; label?: string; leaked?: true }

/** Reads the filter out of the URL; what is not understood is left out. */
export function readTrialFilter(params: URLSearchParams): TrialFilter {
  const outcome = outcomes.find((known) => known === params.get('outcome'))
  const expectedLabel = params.get('expected')
  const label = params.get('answered')
  return {
    ...(outcome ? { outcome } : {}),
    ...(params.get('rule') === 'wrong' ? { ruleOutcome: 'wrong' as const } : {}),
    ...(expectedLabel ? { expectedLabel } : {}),
    ...(label ? { label } : {}),
    ...(params.get('quoted') === '1' ? { leaked: true as const } : {}),
  }
}

export function writeTrialFilter(params: URLSearchParams, filter: TrialFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  setParameter(next, 'outcome', filter.outcome)
  setParameter(next, 'rule', filter.ruleOutcome)
  setParameter(next, 'expected', filter.expectedLabel)
  setParameter(next, 'answered', filter.label)
  setParameter(next, 'quoted', filter.leaked ? '1' : null)
  return next
}

/** The search part of a link to the trials that this filter leaves. */
export function trialsSearch(filter: TrialFilter): string {
  return toSearch(writeTrialFilter(new URLSearchParams(), filter)) || '?'
}
