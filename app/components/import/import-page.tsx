import { Form, useFetcher, useSearchParams } from '@remix-run/react'
import { useCallback, useEffect, useState } from 'react'
import { Button, ButtonLink } from '~/components/ui/button'
import { Field, Input, Select } from '~/components/ui/form'
import { formatCount } from '~/components/ui/format'
import { ErrorNotice, Notice, readErrorBody } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { useJson } from '~/components/ui/use-json'
import type { ImportPreview } from '~/domain/golden-set/import-preview'
import { ChooseFile } from './choose-file'
import { readingNames, sayForForm } from './form-words'
import { ImportReportView } from './import-report'
import { MappingFields } from './mapping-fields'
import { SaveMapping, UseSavedMapping } from './saved-mapping'
import type { ImportAnswer, ImportView } from './types'

/** Brings cases in from a file: choose, look, map, check, import. Nothing is written before the last step. */
export function ImportPage({ view }: { view: ImportView }) {
  const { policy, preview } = view
  const [, setParams] = useSearchParams()
  const base = `/policies/${encodeURIComponent(policy.slug)}/import`
  const onUploaded = useCallback(
    (id: string) =>
      setParams((current) => {
        const next = new URLSearchParams(current.get('golden') ? { golden: current.get('golden') ?? '' } : {})
        next.set('upload', id)
        return next
      }),
    [setParams],
  )
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
          { label: 'Golden sets', to: `/policies/${policy.slug}/golden` },
        ]}
        title="Import cases"
        description="All or nothing, as one revision. A file that was imported before only brings what changed."
      />
      <div className="flex flex-col gap-4">
        <ChooseFile url={`${base}/upload`} onUploaded={onUploaded} compact={preview !== null} />
        {preview && <ImportSteps key={preview.upload.id} view={view} preview={preview} base={base} />}
      </div>
    </Page>
  )
}

function ImportSteps({ view, preview, base }: { view: ImportView; preview: ImportPreview; base: string }) {
  const { hideContent } = usePreferences()
  const fetcher = useFetcher<ImportAnswer>()
  // What was said of one reading of the file does not hold for the next; where the cases go does.
  const layoutKey = [preview.saved?.id, preview.source.encoding, preview.source.delimiter, ...preview.columns].join('\n')
  const [choice, setChoice] = useState({ layoutKey, preset: preview.preset })
  const preset = choice.layoutKey === layoutKey ? choice.preset : preview.preset
  const [checkedForm, setCheckedForm] = useState(false)
  const busy = fetcher.state !== 'idle'
  const problem = fetcher.state === 'idle' ? readErrorBody(fetcher.data) : null
  const answer = problem ? null : (fetcher.data ?? null)
  const known = view.presets.find((candidate) => candidate.name === preset)
  useEffect(() => setCheckedForm(false), [preset, layoutKey])
  const ready = answer?.status === 'checked' && checkedForm

  return (
    <>
      <SourcePanel view={view} preview={preview} base={base} />
      {preview.problem && (
        <ErrorNotice
          title={`${preview.upload.name}${preview.problem.line === null ? '' : `, line ${formatCount(preview.problem.line)}`}: ${preview.problem.message}`}
          advice={sayForForm(preview.problem.advice)}
        />
      )}
      {(preview.columns.length > 0 || !preview.problem) && (
        <fetcher.Form
          method="post"
          action={base}
          onChange={() => setCheckedForm(false)}
          onSubmit={() => setCheckedForm(true)}
          className="flex flex-col gap-4"
        >
          <input type="hidden" name="upload" value={preview.upload.id} />
          <ReadingFields />
          <Panel title="2. Where to, and what it is">
            <div className="grid grid-cols-3 gap-3 max-lg:grid-cols-2">
              <Field label="Golden set" hint="An existing one gets a new revision.">
                <Input
                  name="goldenName"
                  required
                  maxLength={64}
                  defaultValue={view.goldenName ?? preview.suggestedGoldenName}
                  list="golden-sets"
                />
              </Field>
              <datalist id="golden-sets">
                {view.goldenSets.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </datalist>
              <Field label="Layout" hint={known?.description}>
                <Select name="preset" value={preset} onChange={(event) => setChoice({ layoutKey, preset: event.target.value })}>
                  <option value="">{preview.ownFormat ? 'Touchstone’s own lines' : 'A table that I map'}</option>
                  {view.presets.map((candidate) => (
                    <option key={candidate.name} value={candidate.name}>
                      {candidate.title}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label="Cases that the file does not have">
                <Select name="mode" defaultValue="merge">
                  <option value="merge">Keep them</option>
                  <option value="mirror">Remove them: the file is the set</option>
                </Select>
              </Field>
              <Field label="Why" hint="Stands with the revision." className="col-span-2">
                <Input name="message" maxLength={500} placeholder={`Imported ${preview.upload.name}`} />
              </Field>
              <label className="flex items-center gap-2 self-center text-sm">
                <input type="checkbox" name="skipInvalid" className="size-4 accent-(--stone-gold)" />
                Leave out rows with problems
              </label>
            </div>
          </Panel>
          {preview.notes
            .filter(() => preset === preview.preset)
            .map((note) => (
              <Notice key={note}>{sayForForm(note)}</Notice>
            ))}
          {preset === '' && preview.ownFormat && <Notice>Every line is a case in Touchstone’s own format: there is nothing to map.</Notice>}
          {preset === '' && !preview.ownFormat && (
            <MappingFields key={layoutKey} preview={preview} targets={view.targets} labels={view.policy.labels} shown={!hideContent} />
          )}
          {problem && <ErrorNotice title={problem.message} advice={problem.advice && sayForForm(problem.advice)} />}
          {answer && <ImportReportView answer={answer} />}
          {busy && <Progress url={`${base}/progress?upload=${encodeURIComponent(preview.upload.id)}`} />}
          <div className="flex flex-wrap items-center justify-end gap-2">
            {answer && !checkedForm && !busy && <span className="text-sm text-ink-muted">Something was changed since the check.</span>}
            <SaveMapping url={`${base}/mapping-file`} />
            <ButtonLink to={`/policies/${view.policy.slug}/golden`}>Cancel</ButtonLink>
            <Button type="submit" name="intent" value="check" variant={ready ? 'secondary' : 'primary'} pending={busy && !ready}>
              Check
            </Button>
            <Button
              type="submit"
              name="intent"
              value="import"
              variant={ready ? 'primary' : 'secondary'}
              disabled={!ready}
              pending={busy && ready}
            >
              Import
            </Button>
          </div>
        </fetcher.Form>
      )}
    </>
  )
}

/** How the file is read stands in the URL; the check and the import read it the same way. */
function ReadingFields() {
  const [params] = useSearchParams()
  return ['mapping', ...readingNames].map((name) => <input key={name} type="hidden" name={name} value={params.get(name) ?? ''} />)
}

function SourcePanel({ view, preview, base }: { view: ImportView; preview: ImportPreview; base: string }) {
  const [params] = useSearchParams()
  const { upload, source } = preview
  const facts = [
    upload.name,
    formatBytes(upload.bytes),
    `${source.format}${source.gzip ? ', gzip’d' : ''}`,
    `${source.encoding} (${source.encodingBy})`,
    ...(source.delimiter === null ? [] : [`columns divided by ${source.delimiter === '\t' ? 'tabs' : source.delimiter}`]),
  ]
  return (
    <Panel title="1. The file" actions={<span className="text-sm text-ink-muted">{facts.join(' · ')}</span>}>
      <details>
        <summary className="text-sm text-ink-muted">It is read wrongly</summary>
        <Form key={params.toString()} method="get" action={base} className="mt-3 flex flex-wrap items-end gap-3">
          <input type="hidden" name="upload" value={upload.id} />
          {view.goldenName !== null && <input type="hidden" name="golden" value={view.goldenName} />}
          {['format', 'mapping'].map((name) => (
            <input key={name} type="hidden" name={name} value={params.get(name) ?? ''} />
          ))}
          <Field label="Encoding">
            <Input name="encoding" defaultValue={params.get('encoding') ?? ''} placeholder={source.encoding} className="w-36!" />
          </Field>
          <Field label="Delimiter">
            <Input
              name="delimiter"
              defaultValue={params.get('delimiter') ?? ''}
              placeholder={source.delimiter === '\t' ? 'tab' : (source.delimiter ?? ',')}
              className="w-24!"
            />
          </Field>
          <Field label="Line of the headings">
            <Input
              name="headerRow"
              type="number"
              min={0}
              defaultValue={params.get('headerRow') ?? ''}
              placeholder="found"
              className="w-32!"
            />
          </Field>
          {source.format === 'xlsx' && (
            <Field label="Sheet">
              <Select name="sheet" defaultValue={params.get('sheet') ?? ''} className="w-48!">
                <option value="">Found</option>
                {source.sheets.map((sheet) => (
                  <option key={sheet}>{sheet}</option>
                ))}
              </Select>
            </Field>
          )}
          <label className="flex h-8 items-center gap-2 text-sm">
            <input
              type="checkbox"
              name="relaxQuotes"
              value="on"
              defaultChecked={params.get('relaxQuotes') === 'on'}
              className="size-4 accent-(--stone-gold)"
            />
            Take quotation marks as they stand
          </label>
          <Button type="submit">Read it again</Button>
        </Form>
      </details>
      <UseSavedMapping url={`${base}/mapping`} saved={preview.saved} />
    </Panel>
  )
}

/** Rows read so far, asked for twice a second. */
function Progress({ url }: { url: string }) {
  const { data, reload } = useJson<{ rows: number | null }>(url)
  useEffect(() => {
    const timer = setInterval(reload, 500)
    return () => clearInterval(timer)
  }, [reload])
  return (
    <p role="status" className="text-sm text-ink-muted">
      {data?.rows ? `${formatCount(data.rows)} rows read …` : 'Reading the file …'}
    </p>
  )
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
