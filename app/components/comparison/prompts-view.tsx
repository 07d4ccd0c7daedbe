import { Link, useSearchParams } from '@remix-run/react'
import { PromptDiff } from '~/components/editor/prompt-diff'
import { Badge } from '~/components/ui/badge'
import { ErrorNotice, Notice } from '~/components/ui/notices'
import { useJson } from '~/components/ui/use-json'
import { flipsSearch } from './links'
import type { ComparisonView, PromptPair } from './types'

/** The two prompt texts and what differs, with the rules that the edit touched, each leading to its flips. */
export function PromptsView({ view, base }: { view: ComparisonView; base: string }) {
  const [params] = useSearchParams()
  const same = view.baseline.promptHash === view.candidate.promptHash
  const prompts = useJson<PromptPair>(`${base}/prompts`)
  return (
    <div className="flex flex-col gap-3">
      {same && <Notice>Both sides replayed the same text: what differs between them is not the prompt.</Notice>}
      {view.touchedRules.length > 0 && (
        <p className="flex flex-wrap items-center gap-1.5 text-sm">
          <span className="text-ink-muted">Rules edited:</span>
          {view.touchedRules.map((rule) => (
            <Link
              key={rule}
              to={{ search: flipsSearch(params, { flip: ['regressed', 'fixed'], rule }) }}
              className="hover:underline"
              title={`Show the flips of ${rule}`}
            >
              <Badge tone="gold">{rule}</Badge>
            </Link>
          ))}
        </p>
      )}
      {prompts.problem && <ErrorNotice title={prompts.problem.message} advice={prompts.problem.advice} onRetry={prompts.reload} />}
      <div className="h-[max(32rem,calc(100dvh-12rem))] overflow-hidden rounded-lg border">
        {prompts.data ? (
          <PromptDiff original={prompts.data.baseline} modified={prompts.data.candidate} className="h-full" />
        ) : (
          !prompts.problem && <p className="p-4 text-ink-muted">Fetching the two texts …</p>
        )}
      </div>
    </div>
  )
}
