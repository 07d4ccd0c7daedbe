import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { CaseContextView } from '~/components/case/case-context'
import { QuotedBadge } from '~/components/case/quoted-sign'
import { FieldChanges } from '~/components/case/field-changes'
import { AnswerDetails, ExpectedVerdictView, RuleMarks } from '~/components/case/verdict-view'
import { Badge, versionName } from '~/components/ui/badge'
import { EmptyState } from '~/components/ui/notices'
import { usePreferences } from '~/components/ui/preferences'
import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import { RelativeTime } from '~/components/ui/time'
import type { CaseHistoryEntry, CaseJudgement } from '~/domain/golden-set/case-records'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { describeCaseChange } from './case-changes'

/** One case as people know it: content, context, expected verdict, note, tags, metadata, annotations. */
export function CaseDetails({ golden, shown, quotedIn }: { golden: GoldenCase; shown?: boolean; quotedIn?: readonly string[] }) {
  const metadata = Object.entries(golden.meta)
  return (
    <div className="flex flex-col gap-5">
      <Part title="Content">
        <HiddenContent text={golden.content} shown={shown} className="rounded-md border bg-sunken p-3" />
      </Part>
      {hasContext(golden) && (
        <Part title="Context">
          <CaseContextView context={golden.context} shown={shown} />
        </Part>
      )}
      <Part title="Expected verdict">
        <div className="flex flex-wrap items-center gap-1.5">
          <ExpectedVerdictView expected={golden.expected} />
          {golden.mustPass && <Badge tone="gold">must pass</Badge>}
          {quotedIn?.length ? <QuotedBadge versions={quotedIn} /> : null}
        </div>
      </Part>
      {golden.note && (
        <Part title="Note">
          <InertText text={golden.note} />
        </Part>
      )}
      {golden.tags.length > 0 && (
        <Part title="Tags">
          <div className="flex flex-wrap gap-1.5">
            {golden.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </div>
        </Part>
      )}
      {(metadata.length > 0 || golden.split) && (
        <Part title="Metadata">
          <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-sm">
            {golden.split && <Fact name="split" value={golden.split} />}
            {metadata.map(([name, value]) => (
              <Fact key={name} name={name} value={value === null ? 'none' : String(value)} />
            ))}
          </dl>
        </Part>
      )}
      {golden.annotations.length > 0 && (
        <Part title={`Annotations (${golden.annotations.length})`}>
          <ul className="flex flex-col divide-y text-sm">
            {golden.annotations.map((annotation, index) => (
              <li key={index} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
                <span className="text-ink-muted">{annotation.annotator}</span>
                <span className="font-medium">{annotation.label ?? 'no label'}</span>
                <RuleMarks rules={annotation.rules} />
                {annotation.severity && <Badge>severity: {annotation.severity}</Badge>}
                {annotation.note && <InertText text={annotation.note} className="w-full text-ink-muted" />}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  )
}

/** How each replay judged the case, newest first. */
export function Judgements({ judgements }: { judgements: CaseJudgement[] }) {
  if (judgements.length === 0)
    return (
      <EmptyState title="No version was asked yet">Replay a version over this golden set to see here how it judges the case.</EmptyState>
    )
  return (
    <ul className="flex flex-col divide-y">
      {judgements.map((judgement) => (
        <li key={`${judgement.replayId}-${judgement.epoch}`} className="flex flex-col gap-1.5 py-3 first:pt-0">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
            <Link to={`/replays/${judgement.replayId}`} className="text-link font-semibold">
              {versionName(judgement.versionNumber)}
            </Link>
            <span className="text-ink-muted">{judgement.model}</span>
            {judgement.epoch > 1 && <span className="text-ink-faint">epoch {judgement.epoch}</span>}
            {judgement.finishedAt !== null && (
              <span className="ml-auto text-xs text-ink-faint">
                <RelativeTime at={judgement.finishedAt} />
              </span>
            )}
          </div>
          <AnswerDetails
            answer={{ outcome: judgement.outcome, ruleOutcome: judgement.ruleOutcome, detail: judgement.detail, ...judgement.verdict }}
          />
        </li>
      ))}
    </ul>
  )
}

/** Who changed the case, when, what and why, newest first. */
export function CaseHistoryList({ history }: { history: CaseHistoryEntry[] }) {
  const { hideContent } = usePreferences()
  const oldestFirst = [...history].sort((a, b) => a.revision - b.revision)
  const entries = oldestFirst
    .map((entry, index) => {
      const before = oldestFirst[index - 1]?.state ?? null
      return { entry, index, before, changes: describeCaseChange(before, entry.state) }
    })
    .reverse()
  return (
    <ol className="flex flex-col divide-y">
      {entries.map(({ entry, index, before, changes }) => (
        <li key={entry.revision} className="py-3 first:pt-0">
          <div className="flex flex-wrap items-baseline gap-x-2 text-sm">
            <span className="font-semibold">Revision {entry.revision}</span>
            <span className="text-ink-muted">{entry.author}</span>
            <span className="ml-auto text-xs text-ink-faint">
              <RelativeTime at={entry.createdAt} />
            </span>
          </div>
          {entry.message && <InertText text={entry.message} className="text-sm" />}
          {index > 0 && entry.state && (
            <details className="mt-1 text-sm">
              <summary className="cursor-pointer text-ink-muted">Before and after</summary>
              <div className="mt-1.5">
                <FieldChanges before={before} after={entry.state} shown={!hideContent} />
              </div>
            </details>
          )}
          <ul className="mt-1 flex flex-wrap gap-1.5">
            {changes.map((change) => (
              <li key={change}>
                <Badge>{change}</Badge>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-ink-muted">{title}</h3>
      {children}
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-ink-muted [overflow-wrap:anywhere]">{name}</dt>
      <dd className="min-w-0">
        <InertText text={value} />
      </dd>
    </>
  )
}

function hasContext({ context }: GoldenCase): boolean {
  return context.parents.length > 0 || Boolean(context.surface ?? context.author ?? context.locale)
}
