import { Check, X } from 'lucide-react'
import { Badge, OutcomeBadge } from '~/components/ui/badge'
import { formatPercent } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import type { ExpectedVerdict, Outcome, RuleOutcome } from '~/domain/verdict/verdict'

/** What people settled on: the label, each labelled rule with whether it applies, the severity. */
export function ExpectedVerdictView({ expected }: { expected: ExpectedVerdict | null }) {
  if (!expected) return <Badge tone="unscored">unlabelled</Badge>
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {expected.label === null ? <Badge tone="unscored">no label</Badge> : <LabelName label={expected.label} />}
      <RuleMarks rules={expected.rules} />
      {expected.severity && <Badge>severity: {expected.severity}</Badge>}
    </div>
  )
}

export function LabelName({ label }: { label: string }) {
  return <span className="font-semibold [overflow-wrap:anywhere]">{label}</span>
}

/** Rules that people labelled. A rule that is not here was not labelled. */
export function RuleMarks({ rules }: { rules: Record<string, boolean> }) {
  return (
    <>
      {Object.entries(rules).map(([rule, applies]) => (
        <Badge
          key={rule}
          title={applies ? `${rule} applies` : `${rule} does not apply`}
          className={applies ? 'text-ink!' : 'line-through decoration-1'}
        >
          {applies ? <Check aria-hidden className="size-3" /> : <X aria-hidden className="size-3" />}
          {rule}
          <span className="sr-only">{applies ? ' applies' : ' does not apply'}</span>
        </Badge>
      ))}
    </>
  )
}

export type AnswerView = {
  outcome: Outcome
  ruleOutcome: RuleOutcome
  label?: string
  rules?: string[]
  severity?: string
  confidence?: number
  rationale?: string
  detail?: string | null
}

/** What a model answered: outcome, label, rules, and its reasons as inert text. */
export function AnswerDetails({ answer }: { answer: AnswerView }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-1.5">
        <OutcomeBadge outcome={answer.outcome} ruleOutcome={answer.ruleOutcome} />
        {answer.label && <LabelName label={answer.label} />}
        {answer.rules?.map((rule) => (
          <Badge key={rule}>{rule}</Badge>
        ))}
        {answer.severity && <Badge>severity: {answer.severity}</Badge>}
        {answer.confidence !== undefined && (
          <span className="text-xs text-ink-faint">confidence {formatPercent(answer.confidence, 0)}</span>
        )}
      </div>
      {answer.rationale && <InertText text={answer.rationale} className="text-sm" />}
      {answer.detail && (
        <p className="text-sm text-ink-muted">
          <InertText text={answer.detail} />
        </p>
      )}
      {!answer.rationale && !answer.detail && <p className="text-sm text-ink-faint">No rationale was given.</p>}
    </div>
  )
}
