import { FileUp } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '~/components/ui/button'
import { classNames } from '~/components/ui/class-names'
import { ProgressBar } from '~/components/ui/figure'
import { formatPercent } from '~/components/ui/format'
import { ErrorNotice } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { useUpload } from './use-upload'

/** The first step: a file, dropped or chosen. */
export function ChooseFile({ url, onUploaded, compact }: { url: string; onUploaded: (id: string) => void; compact: boolean }) {
  const { state, problem, send, cancel } = useUpload(url, onUploaded)
  const [over, setOver] = useState(false)
  const inputId = useId()
  return (
    <Panel title={compact ? undefined : '1. Choose a file'}>
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const file = event.dataTransfer.files[0]
          if (file) send(file)
        }}
        className={classNames(
          'rounded-md border border-dashed border-line-strong text-center',
          compact ? 'p-3' : 'p-10',
          over && 'border-gold bg-gold-soft',
        )}
      >
        {state ? (
          <div className="mx-auto flex max-w-md flex-col items-center gap-2">
            <p>Sending the file, {formatPercent(state.total > 0 ? state.sent / state.total : 0, 0)}</p>
            <ProgressBar label="Sending the file" value={state.sent} max={state.total} />
            <Button size="sm" onClick={cancel}>
              Cancel
            </Button>
          </div>
        ) : (
          <>
            {!compact && <FileUp aria-hidden className="mx-auto mb-2 size-8 text-gold" strokeWidth={1.5} />}
            <label htmlFor={inputId} className="font-medium">
              {compact ? 'Another file' : 'Drop a file here, or choose one'}
            </label>
            {!compact && (
              <p className="mt-1 text-sm text-ink-muted">
                CSV, TSV, JSON Lines, JSON, Excel or YAML; gzip’d too. Nothing is written before you say so.
              </p>
            )}
            <input
              id={inputId}
              type="file"
              accept=".csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.xlsx,.yaml,.yml,.gz"
              className={classNames(
                'mx-auto block max-w-full text-sm file:mr-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-strong file:bg-surface file:px-3 file:text-ink',
                compact ? 'mt-1' : 'mt-4',
              )}
              onChange={(event) => {
                const file = event.target.files?.[0]
                if (file) send(file)
              }}
            />
          </>
        )}
      </div>
      {problem && <ErrorNotice className="mt-3" title={problem.message} advice={problem.advice} />}
    </Panel>
  )
}
