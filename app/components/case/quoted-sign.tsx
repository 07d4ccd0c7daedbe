import { Quote } from 'lucide-react'
import { Badge } from '~/components/ui/badge'

const why = 'The prompt holds this content and so says what to answer: the case is left out of accuracies, verdicts and gates.'

const words = (versions?: readonly string[]) => `quoted in ${versions?.length ? `the prompt of ${versions.join(', ')}` : 'a prompt'}`

/** Stands beside a case that a prompt quotes, where there is room for a sign only. */
export function QuotedSign({ versions }: { versions?: readonly string[] }) {
  return (
    <span title={`${words(versions)}. ${why}`} className="shrink-0">
      <Quote aria-hidden className="size-4 text-gold-ink" />
      <span className="sr-only">{words(versions)}</span>
    </span>
  )
}

/** The same in words. */
export function QuotedBadge({ versions }: { versions?: readonly string[] }) {
  return (
    <Badge tone="gold" title={why}>
      {words(versions)}
    </Badge>
  )
}
