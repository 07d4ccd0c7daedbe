import { Link, useSearchParams } from '@remix-run/react'
import { formatQuantity } from '~/components/ui/format'
import { leakedParameter } from './flip-filter-url'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

/** Leads to the cases that a prompt quotes, and to the comparison that treats them the other way. */
export function LeakedNote({ comparison: { leaked, flips } }: Pick<ComparisonView, 'comparison'>) {
  const [params] = useSearchParams()
  if (!leaked) return null
  const other = new URLSearchParams(params)
  if (leaked.counted) other.delete(leakedParameter)
  else other.set(leakedParameter, 'counted')
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 text-sm text-ink-muted">
      {flips.leaked ? (
        <Link preventScrollReset className="text-link" to={{ search: flipsSearch(params, { flip: ['leaked'] }), hash: '#flips' }}>
          See the {formatQuantity(leaked.n, 'quoted case')}
        </Link>
      ) : null}
      <Link preventScrollReset className="text-link" to={{ search: other.toString() }}>
        {leaked.counted ? 'Leave quoted cases out' : 'Count them all the same'}
      </Link>
    </p>
  )
}
