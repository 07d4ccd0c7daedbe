import { Link } from '@remix-run/react'
import { Lock, LockOpen } from 'lucide-react'
import { formatCount, formatDateTime } from '~/components/ui/format'
import type { SealedCases } from '~/domain/golden-set/holdout'

/** Why the table has fewer cases than the set, or that it shows what is sealed to others. */
export function HoldoutSign({ base, cases, openUntil }: SealedCases & { base: string }) {
  return (
    <span className="flex items-center gap-1.5 text-sm text-ink-muted">
      {openUntil === null ? (
        <Lock aria-hidden className="size-4 text-gold-ink" />
      ) : (
        <LockOpen aria-hidden className="size-4 text-gold-ink" />
      )}
      {openUntil === null
        ? `${formatCount(cases)} more in the sealed holdout`
        : `The holdout (${formatCount(cases)}) is open to you until ${formatDateTime(openUntil)}`}
      <Link className="text-link" to={`${base}/health#splits`}>
        {openUntil === null ? 'Look…' : 'Seal…'}
      </Link>
    </span>
  )
}
