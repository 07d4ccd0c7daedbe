import { Link, useSearchParams } from '@remix-run/react'
import { Panel } from '~/components/ui/panel'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

/** What stands beside the difference: zero tolerance, both kinds of error on the same cases, noise, epochs, near duplicates, power. */
export function EvidencePanel({ view }: { view: ComparisonView }) {
  const [params] = useSearchParams()
  return (
    <Panel title="More evidence" flush>
      <dl className="divide-y text-sm">
        {describeEvidence(view.comparison).map(({ name, text, cases }) => (
          <div key={name} className="grid grid-cols-[13rem_1fr] gap-x-4 gap-y-1 px-3 py-2 max-md:grid-cols-1">
            <dt className="font-medium">
              {cases ? (
                <Link className="text-link rounded-sm" to={{ search: flipsSearch(params, cases), hash: '#flips' }}>
                  {name}
                </Link>
              ) : (
                name
              )}
            </dt>
            <dd className="text-ink-muted">{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
