import { describeEstimate } from '~/domain/pricing/describe-estimate'
import type { ReplayEstimate } from '~/services/workspace-api'
import { say, writeEvent, type CliContext } from './context'

/** Estimating looks at each case. */
const estimatedUnwatched = 20_000

/** A script that asks its own server about very many cases would wait for an estimate of little use to it; the rehearsal costs nothing. */
export function wantsEstimate(
  context: CliContext,
  { rehearsal, total }: { rehearsal: boolean; total: number },
  baseUrl: string | undefined,
): boolean {
  return !rehearsal && (context.stderr.isTTY === true || baseUrl === undefined || total <= estimatedUnwatched)
}

/** Before it starts: calls, tokens, cost, time. `of` names what is estimated where that is one of several. */
export function tellEstimate(
  context: CliContext,
  estimate: ReplayEstimate,
  { budgetUsd, of }: { budgetUsd?: number | undefined; of?: { side: string } } = {},
): void {
  if (context.jsonEvents) writeEvent(context, 'estimate', { ...of, ...estimate })
  else say(context, `${of ? `The ${of.side}: ` : ''}${describeEstimate(estimate, budgetUsd)}`)
}
