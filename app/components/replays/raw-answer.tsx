import { useState } from 'react'
import { Button } from '~/components/ui/button'
import { formatCost, formatCount, formatDuration } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { ErrorNotice } from '~/components/ui/notices'
import { useJson } from '~/components/ui/use-json'

type AnswerView = {
  text: string | null
  /** Of the whole text; `text` may be its beginning. */
  length: number
  latencyMs: number | null
  inputTokens: number | null
  outputTokens: number | null
  costUsd: number | null
  cached: boolean
  calls: number
  providerModel: string | null
  systemFingerprint: string | null
}

/** The answer word for word, once it is asked for: models quote what they judge. */
export function RawAnswer({ replayId, caseId, epoch }: { replayId: string; caseId: string; epoch: number }) {
  const [asked, setAsked] = useState(false)
  const { data, problem, loading } = useJson<AnswerView>(
    asked ? `/replays/${replayId}/answer?${new URLSearchParams({ case: caseId, epoch: String(epoch) })}` : null,
  )
  return (
    <section className="mb-5" aria-label="The answer word for word">
      {!asked && (
        <Button size="sm" onClick={() => setAsked(true)}>
          Show the answer word for word
        </Button>
      )}
      {loading && <p className="text-ink-muted">Fetching the answer …</p>}
      {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      {data && (
        <>
          <h3 className="mb-1.5 text-xs font-semibold text-ink-muted">Word for word</h3>
          {data.text === null ? (
            <p className="text-sm text-ink-muted">It was not kept, or there was none.</p>
          ) : (
            <div
              className="max-h-80 overflow-auto rounded-md border bg-sunken p-2 font-mono text-xs"
              tabIndex={0}
              role="group"
              aria-label="Text of the answer"
            >
              <InertText text={data.text} />
            </div>
          )}
          {data.text !== null && data.length > data.text.length && (
            <p className="mt-1 text-sm text-ink-muted">
              The first {formatCount(data.text.length)} of {formatCount(data.length)} characters.
            </p>
          )}
          <p className="mt-1 text-sm text-ink-muted">{describeEffort(data)}</p>
        </>
      )}
    </section>
  )
}

function describeEffort({
  latencyMs,
  inputTokens,
  outputTokens,
  costUsd,
  cached,
  calls,
  providerModel,
  systemFingerprint,
}: AnswerView): string {
  return [
    providerModel === null ? null : `${providerModel}${systemFingerprint === null ? '' : ` (${systemFingerprint})`}`,
    cached ? 'from the cache' : `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}`,
    latencyMs === null ? null : formatDuration(latencyMs),
    inputTokens === null ? null : `${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out`,
    costUsd === null ? null : formatCost(costUsd),
  ]
    .filter((part) => part !== null)
    .join(', ')
}
