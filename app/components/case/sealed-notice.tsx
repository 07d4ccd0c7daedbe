import { Link } from '@remix-run/react'
import { Lock } from 'lucide-react'
import { formatQuantity } from '~/components/ui/format'
import { useJson } from '~/components/ui/use-json'
import type { SealedCases } from '~/domain/golden-set/holdout'

/** Why a list of cases is shorter than its figures say: part of them is in the sealed holdout. Nothing where none is. */
export function SealedNotice({ slug, goldenSet, className = '' }: { slug: string; goldenSet: string; className?: string }) {
  const base = `/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(goldenSet)}`
  const { data } = useJson<SealedCases>(`${base}/holdout`)
  if (!data || data.cases === 0 || data.openUntil !== null) return null
  return (
    <p className={`flex items-center gap-1.5 text-sm text-ink-muted ${className}`}>
      <Lock aria-hidden className="size-4 shrink-0 text-gold-ink" />
      {formatQuantity(data.cases, 'case')} of the set {data.cases === 1 ? 'is' : 'are'} in the sealed holdout: counted in every figure, not
      listed here.
      <Link className="text-link" to={`${base}/health#splits`}>
        Look…
      </Link>
    </p>
  )
}
