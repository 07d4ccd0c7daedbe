import { useSearchParams } from '@remix-run/react'
import { Download } from 'lucide-react'
import { useCallback, useId, useState } from 'react'
import { Button } from '~/components/ui/button'
import { InertText } from '~/components/ui/hidden-content'
import { ErrorNotice, Notice, readErrorBody, type ErrorBody } from '~/components/ui/notices'
import type { ImportPreview } from '~/domain/golden-set/import-preview'
import { readingNames } from './form-words'
import { ProblemTable } from './import-report'
import { noMapping } from './types'
import { useUpload } from './use-upload'

/** Takes a mapping that was saved, here or by the command line, for the file of the page. Its reading goes into the URL. */
export function UseSavedMapping({ url, saved }: { url: string; saved: ImportPreview['saved'] }) {
  const [, setParams] = useSearchParams()
  const inputId = useId()
  const onSent = useCallback(
    (id: string, answer: object) => {
      const reading = 'reading' in answer && typeof answer.reading === 'object' ? answer.reading : null
      setParams(
        (current) => {
          const next = new URLSearchParams(current)
          for (const [name, value] of Object.entries(reading ?? {}))
            next.set(name, value === true ? 'on' : value === false ? '' : String(value))
          next.set('mapping', id)
          return next
        },
        { preventScrollReset: true },
      )
    },
    [setParams],
  )
  const { state, problem, send } = useUpload(url, onSent)
  const goBack = () =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current)
        // Of a mapping that was handed over came how the file is read, too.
        if (!saved?.isRemembered) for (const name of readingNames) next.delete(name)
        next.set('mapping', noMapping)
        return next
      },
      { preventScrollReset: true },
    )
  return (
    <div className="mt-3 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <label htmlFor={inputId}>Use a saved mapping</label>
        <input
          id={inputId}
          type="file"
          accept=".yaml,.yml,.json"
          className="max-w-full file:mr-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-strong file:bg-surface file:px-3 file:text-ink"
          onChange={(event) => {
            const file = event.target.files?.[0]
            // The same file can be chosen again when it was repaired.
            event.target.value = ''
            if (file) send(file)
          }}
        />
        {state && <span role="status">Reading the mapping …</span>}
      </div>
      {problem && (
        <ErrorNotice
          title={problem.message.split('\n').map((line) => (
            <span key={line} className="block">
              <InertText text={line} />
            </span>
          ))}
          advice={`${problem.advice ?? ''} Nothing was changed in the page.`}
        />
      )}
      <div role="status">
        {saved && (
          <Notice tone="gold">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <span>
                {saved.isRemembered ? (
                  'A file with these columns was imported before: they are read as then'
                ) : (
                  <>
                    Read as the saved mapping <InertText text={saved.name} className="inline! font-medium" /> says
                  </>
                )}
                {saved.problems.length > 0
                  ? '; what in it does not fit this file stands below.'
                  : '. All of it can still be changed below.'}
              </span>
              <Button size="sm" onClick={goBack}>
                Back to what was found
              </Button>
            </span>
          </Notice>
        )}
      </div>
      {saved && saved.problems.length > 0 && (
        <ProblemTable problems={saved.problems} count={saved.problems.length} of={`the mapping of ${saved.name}`} place="Part" />
      )}
    </div>
  )
}

/** Downloads how the form around it reads the file, as the command line saves it. */
export function SaveMapping({ url }: { url: string }) {
  const [state, setState] = useState<{ busy: boolean; problem: ErrorBody | null }>({ busy: false, problem: null })
  const save = async (form: HTMLFormElement) => {
    setState({ busy: true, problem: null })
    setState({ busy: false, problem: await download(url, new FormData(form)) })
  }
  return (
    <>
      {state.problem && <ErrorNotice className="basis-full" title={state.problem.message} advice={state.problem.advice} />}
      <Button icon={Download} pending={state.busy} onClick={({ currentTarget: { form } }) => form && void save(form)}>
        Save this mapping
      </Button>
    </>
  )
}

/** What went wrong; null where the browser has the file. */
async function download(url: string, body: FormData): Promise<ErrorBody | null> {
  try {
    const response = await fetch(url, { method: 'POST', body })
    if (!response.ok) {
      const stated = readErrorBody(await response.json().catch(() => null))
      return stated ?? { code: 'storage', message: `The server answered ${response.status}.`, advice: 'Try again.' }
    }
    const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('Content-Disposition') ?? '')?.[1]
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await response.blob())
    link.download = decodeURIComponent(name ?? 'mapping.yaml')
    link.click()
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
    return null
  } catch {
    return { code: 'storage', message: 'The mapping could not be saved.', advice: 'Check that the server still runs, then try again.' }
  }
}
