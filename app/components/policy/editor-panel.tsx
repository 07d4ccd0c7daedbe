import { useFetcher } from '@remix-run/react'
import { CircleCheck, CloudAlert, Eye, LoaderCircle, Save, Text } from 'lucide-react'
import { type RefObject } from 'react'
import { PromptDiff } from '../editor/prompt-diff'
import { PromptEditor, type PromptEditorHandle, type TextMarker } from '../editor/prompt-editor'
import { Button, IconButton } from '../ui/button'
import { Select } from '../ui/form'
import { formatQuantity } from '../ui/format'
import { Kbd, useModifierName } from '../ui/kbd'
import { ErrorNotice } from '../ui/notices'
import { Panel } from '../ui/panel'
import { preferencesPath, usePreferences } from '../ui/preferences'
import { isUnsaved, type DraftState } from './draft-state'
import type { VersionItem } from './policy-view'
import type { VersionText } from './use-version-text'

/** What the middle of the page shows: the draft, the draft against a version, or a version. */
export type EditorView = { kind: 'draft' } | { kind: 'diff' | 'version'; number: number }

export type EditorPanelProps = {
  slug: string
  /** What a replay of the draft needs beside its text, for a browser that runs no scripts. */
  replayFields: Record<string, string>
  draft: DraftState
  markers: TextMarker[]
  versions: VersionItem[]
  view: EditorView
  viewedText: VersionText
  editorRef: RefObject<PromptEditorHandle>
  onEdit: (text: string) => void
  onView: (view: EditorView) => void
  onCopyVersion: (number: number) => void
  onMakeVersion: () => void
  onPreview: () => void
  conflict: React.ReactNode
}

/** The draft in its editor, with its state below and its ways of looking above. */
export function EditorPanel(props: EditorPanelProps) {
  const { draft, versions, view, viewedText, onEdit, onView } = props
  const { plainEditor } = usePreferences()
  const modifier = useModifierName()
  return (
    <Panel
      flush
      className="min-h-[32rem] xl:min-h-0 xl:overflow-hidden"
      title={view.kind === 'version' ? `v${view.number}, read only` : 'Draft'}
      actions={
        <>
          <ViewChoice versions={versions} view={view} onView={onView} />
          <IconButton label="What the model sees" icon={Eye} onClick={props.onPreview} />
          <PlainToggle />
          <Button size="sm" icon={Save} onClick={props.onMakeVersion}>
            Make a version
            <span aria-hidden className="hidden gap-0.5 2xl:inline-flex">
              <Kbd>{modifier}</Kbd>
              <Kbd>S</Kbd>
            </span>
          </Button>
        </>
      }
    >
      <div className="flex h-full min-h-0 flex-col">
        {props.conflict}
        {view.kind === 'version' && (
          <div className="flex flex-wrap items-center gap-2 border-b bg-sunken px-3 py-1.5 text-sm">
            <span className="mr-auto text-ink-muted">Versions never change. To go on from this one, copy it into the draft.</span>
            <Button size="sm" onClick={() => onView({ kind: 'diff', number: view.number })}>
              Compare with the draft
            </Button>
            <Button size="sm" onClick={() => props.onCopyVersion(view.number)}>
              Copy into the draft
            </Button>
            <Button size="sm" variant="primary" onClick={() => onView({ kind: 'draft' })}>
              Back to the draft
            </Button>
          </div>
        )}
        {view.kind !== 'draft' && viewedText.status === 'failed' && (
          <ErrorNotice className="m-3" title={`The text of v${view.number} could not be read.`} advice="Reload the page to try again." />
        )}
        {view.kind === 'draft' && (
          <form
            method="post"
            action={`/policies/${props.slug}/draft`}
            className="flex min-h-0 grow flex-col"
            onSubmit={(event) => event.preventDefault()}
          >
            <PromptEditor
              ref={props.editorRef}
              className="grow"
              label="Text of the draft"
              placeholder="What the model shall enforce: the verdicts, then each rule with its id, definition, exceptions and examples."
              name="text"
              value={draft.text}
              replaced={draft.replaced}
              onChange={onEdit}
              markers={props.markers}
              plain={plainEditor}
            />
            <input type="hidden" name="expectedRevision" value={draft.saved.revision} />
            {Object.entries(props.replayFields).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <noscript>
              <button type="submit" className="m-2 rounded-md border px-3 py-1">
                Save the draft
              </button>
              <button type="submit" formAction={`/policies/${props.slug}/replay`} className="m-2 rounded-md border px-3 py-1">
                Replay the text above
              </button>
            </noscript>
          </form>
        )}
        {view.kind === 'version' && viewedText.status === 'there' && (
          <PromptEditor
            key={view.number}
            className="grow"
            label={`Text of v${view.number}, read only`}
            name="versionText"
            value={viewedText.text}
            onChange={() => {}}
            readOnly
            plain={plainEditor}
          />
        )}
        {view.kind === 'diff' && viewedText.status === 'there' && (
          <PromptDiff
            key={view.number}
            className="grow"
            original={{ label: `v${view.number}`, text: viewedText.text }}
            modified={{ label: 'Draft', text: draft.text }}
            replaced={draft.replaced}
            onChange={onEdit}
            plain={plainEditor}
          />
        )}
        {view.kind !== 'draft' && viewedText.status === 'looking' && (
          <p className="grow p-4 text-sm text-ink-muted">Fetching v{view.number}…</p>
        )}
        <StatusBar draft={draft} />
      </div>
    </Panel>
  )
}

function ViewChoice({ versions, view, onView }: { versions: VersionItem[]; view: EditorView; onView: (view: EditorView) => void }) {
  if (versions.length === 0) return null
  return (
    <label className="flex items-center gap-1.5 text-sm">
      <span className="sr-only">Show</span>
      <Select
        className="h-7! w-auto! text-sm!"
        value={view.kind === 'diff' ? String(view.number) : ''}
        onChange={(event) => onView(event.target.value === '' ? { kind: 'draft' } : { kind: 'diff', number: Number(event.target.value) })}
      >
        <option value="">Text only</option>
        {[...versions]
          .sort((a, b) => b.number - a.number)
          .map((version) => (
            <option key={version.number} value={version.number}>
              Diff with v{version.number}
            </option>
          ))}
      </Select>
    </label>
  )
}

function PlainToggle() {
  const fetcher = useFetcher()
  const { plainEditor } = usePreferences()
  return (
    <IconButton
      label={plainEditor ? 'Use the code editor' : 'Use a plain text field'}
      icon={Text}
      aria-pressed={plainEditor}
      className={plainEditor ? 'bg-selected' : undefined}
      onClick={() => fetcher.submit({ plainEditor: String(!plainEditor) }, { method: 'post', action: preferencesPath })}
    />
  )
}

/** Whether the draft is safe, and how long it is. One line, always there. */
function StatusBar({ draft }: { draft: DraftState }) {
  const lines = draft.text.split('\n').length
  return (
    <div className="flex h-8 shrink-0 items-center gap-4 border-t bg-sunken px-3 text-xs text-ink-muted">
      <SaveStatus draft={draft} />
      {draft.phase !== 'failing' && (
        <>
          {draft.saved.baseVersion && (
            <span className="whitespace-nowrap">
              {draft.saved.sameAsVersion !== null && !isUnsaved(draft)
                ? `the text of v${draft.saved.sameAsVersion}`
                : `from v${draft.saved.baseVersion.number}`}
            </span>
          )}
          <span className="ml-auto whitespace-nowrap">{formatQuantity(lines, 'line')}</span>
          <span className="whitespace-nowrap">{formatQuantity(draft.text.length, 'character')}</span>
        </>
      )}
    </div>
  )
}

function SaveStatus({ draft }: { draft: DraftState }) {
  if (draft.phase === 'conflict')
    return (
      <span className="flex items-center gap-1 font-medium text-danger-ink">
        <CloudAlert aria-hidden className="size-4" /> Not saved: changed in another tab
      </span>
    )
  if (draft.phase === 'failing')
    return (
      <span role="alert" className="flex min-w-0 items-center gap-1 font-medium text-danger-ink">
        <CloudAlert aria-hidden className="size-4 shrink-0" />
        <span className="truncate">Not saved: {draft.problem} Trying again.</span>
      </span>
    )
  if (draft.phase === 'saving' || isUnsaved(draft))
    return (
      <span className="flex items-center gap-1">
        <LoaderCircle aria-hidden className="size-4" /> Saving
      </span>
    )
  return (
    <span className="flex items-center gap-1">
      <CircleCheck aria-hidden className="size-4" /> Saved
    </span>
  )
}
