import { useState, type FormEvent } from 'react'
import { describeEstimate, type EstimateFigures } from '~/domain/pricing/describe-estimate'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/form'
import { formatCost } from '../ui/format'
import { ErrorNotice } from '../ui/notices'
import { useJson } from '../ui/use-json'
import { asProblem, sendForm, type RequestProblem } from './send-form'

type SpendingView = {
  ceilingUsd: number | null
  storedUsd: number | null
  environmentUsd: number | null
  spentUsd: number
  heldUsd: number
}
/** What the workspace's replays have cost, the ceiling that stops them, and what the next one would take. */
export function SpendingForm({ estimateAddress }: { estimateAddress: string | null }) {
  const { data, problem: unreadable, reload } = useJson<SpendingView>('/spending')
  const [asked, setAsked] = useState(false)
  const estimate = useJson<EstimateFigures>(asked ? estimateAddress : null)
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<RequestProblem | null>(null)
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setPending(true)
    try {
      await sendForm('/spending', Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>)
      setProblem(null)
      reload()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setPending(false)
  }
  return (
    <section aria-label="Spending" className="mt-4 border-t pt-3">
      <form onSubmit={(event) => void save(event)} className="flex items-end gap-2" key={data?.storedUsd ?? 'none'}>
        <Field
          label="Ceiling of this workspace (US dollars)"
          hint={data ? describeSpending(data) : 'Looking up what was spent.'}
          className="grow"
        >
          <Input name="ceilingUsd" type="number" min={0} step="any" defaultValue={data?.storedUsd ?? ''} placeholder="none" />
        </Field>
        <Button type="submit" pending={pending}>
          Set the ceiling
        </Button>
      </form>
      {estimateAddress && (
        <div className="mt-3 text-sm">
          {!asked && <Button onClick={() => setAsked(true)}>What would the next replay cost?</Button>}
          <p aria-live="polite" className="text-ink-muted">
            {estimate.loading && 'Counting calls and tokens.'}
            {estimate.data && describeEstimate(estimate.data)}
          </p>
          {estimate.problem && <ErrorNotice title={estimate.problem.message} advice={estimate.problem.advice} />}
        </div>
      )}
      {(problem ?? unreadable) && (
        <ErrorNotice className="mt-2" title={(problem ?? unreadable)?.message ?? ''} advice={(problem ?? unreadable)?.advice ?? null} />
      )}
    </section>
  )
}

function describeSpending({ ceilingUsd, environmentUsd, spentUsd }: SpendingView): string {
  const limit =
    ceilingUsd === null
      ? 'Empty: no ceiling.'
      : ceilingUsd === environmentUsd
        ? `MAX_COST_USD sets ${formatCost(environmentUsd)}, and the lower of both counts.`
        : `Replays stop before ${formatCost(ceilingUsd)} and can be resumed.`
  return `All replays have cost ${formatCost(spentUsd)} so far. ${limit}`
}
