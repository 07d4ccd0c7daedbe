import { CaseContextView } from '~/components/case/case-context'
import { ExpectedVerdictView, LabelName } from '~/components/case/verdict-view'
import { Badge } from '~/components/ui/badge'
import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import { describeTransform } from '~/domain/probes/transforms'
import type { ProbedCase, ProbeVerdict } from '~/domain/probes/probe-records'
import { leftOutWords } from '~/domain/probes/robustness'

/** What became of a probe, in a word. */
export function ProbeBadge({ probe }: { probe: ProbedCase }) {
  const [before, after] = [probe.before?.verdict?.label, probe.after?.verdict?.label]
  if (probe.after === null || probe.before === null) return <Badge tone="unscored">not asked yet</Badge>
  if (after === undefined) return <Badge tone="unscored" glyph="◇">{`no verdict: ${reasonOf(probe.after)}`}</Badge>
  if (before === undefined)
    return (
      <Badge tone="unscored" glyph="◇">
        nothing to compare
      </Badge>
    )
  return before === after ? (
    <Badge glyph="✓">held</Badge>
  ) : (
    <Badge tone="regressed" glyph="⇄">
      moved
    </Badge>
  )
}

/** A probe beside the case it was made from: both texts, and what the model said of both. */
export function ProbedCaseView({ probe }: { probe: ProbedCase }) {
  const { parentContent, content, context, expected, before, after, kind, transform } = probe
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <ProbeBadge probe={probe} />
        <span className="text-sm text-ink-muted">Expected of the case:</span>
        <ExpectedVerdictView expected={expected} />
      </div>
      <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
        <Side title="The case" text={parentContent} answer={before} />
        <Side title={sentenceCase(describeTransform(transform, kind))} text={content} answer={after} />
      </div>
      <CaseContextView context={context} />
    </div>
  )
}

function Side({ title, text, answer }: { title: string; text: string; answer: ProbeVerdict | null }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h3 className="text-xs font-semibold text-ink-muted">{title}</h3>
      <HiddenContent text={text} className="rounded-md border bg-sunken p-3" />
      <ProbeAnswerView answer={answer} />
    </section>
  )
}

function ProbeAnswerView({ answer }: { answer: ProbeVerdict | null }) {
  if (!answer) return <p className="text-sm text-ink-faint">Not asked yet.</p>
  const { verdict, detail } = answer
  if (!verdict)
    return (
      <div className="text-sm">
        <Badge tone="unscored" glyph="◇">
          no verdict: {reasonOf(answer)}
        </Badge>
        {detail && <InertText text={detail} className="mt-1 text-ink-muted" />}
      </div>
    )
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex flex-wrap items-center gap-1.5">
        <LabelName label={verdict.label} />
        {verdict.rules.map((rule) => (
          <Badge key={rule}>{rule}</Badge>
        ))}
      </div>
      {verdict.rationale ? (
        <InertText text={verdict.rationale} className="text-sm" />
      ) : (
        <p className="text-sm text-ink-faint">No rationale was given.</p>
      )}
    </div>
  )
}

function reasonOf({ outcome }: ProbeVerdict): string {
  return outcome === 'correct' || outcome === 'wrong' || outcome === 'unlabelled' ? leftOutWords.error : leftOutWords[outcome]
}

const sentenceCase = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
