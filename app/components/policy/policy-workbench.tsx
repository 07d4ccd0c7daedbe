import { useFetcher, useRevalidator, useSearchParams } from '@remix-run/react'
import { Database, FlaskConical, History, ListChecks, ShieldCheck, Upload } from 'lucide-react'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { PromptEditorHandle, TextMarker } from '../editor/prompt-editor'
import { LiveReplayPanel } from '../replay-live/live-replay-panel'
import { ButtonLink } from '../ui/button'
import { isModified, useModifierName } from '../ui/kbd'
import { Page, PageHeader } from '../ui/panel'
import { preferencesPath, usePreferences } from '../ui/preferences'
import { useListedShortcuts } from '../ui/shortcuts'
import { useMessenger } from '../ui/toast'
import { ConflictDialog } from './conflict-dialog'
import { isUnsaved } from './draft-state'
import { EditorPanel, type EditorView } from './editor-panel'
import { Guide } from './guide'
import { MakeVersionDialog } from './make-version-dialog'
import { ModelDialog } from './model-dialog'
import { MoveLabelDialog, type LabelMove } from './move-label-dialog'
import { OutlinePanel, readOutline } from './outline-panel'
import { modelTitle, type PolicyView } from './policy-view'
import { PreviewDialog } from './preview-dialog'
import { asProblem, sendForm, type RequestProblem } from './send-form'
import { useDraft } from './use-draft'
import { useDraftReplay } from './use-draft-replay'
import { useVersionText } from './use-version-text'
import { VersionsPanel } from './versions-panel'

type OpenDialog = 'version' | 'model' | 'preview' | null

/** The heart: versions and outline, the draft, and its replay beside it. */
export function PolicyWorkbench({ view }: { view: PolicyView }) {
  const { policy, versions } = view
  const { slug } = policy
  const [searchParams, setSearchParams] = useSearchParams()
  const { revalidate } = useRevalidator()
  const { toast } = useMessenger()
  const preferences = usePreferences()
  const preferenceFetcher = useFetcher()
  const draft = useDraft(slug, view.draft)
  const { replace: replaceDraft } = draft
  const replay = useDraftReplay(view, draft)
  const editor = useRef<PromptEditorHandle>(null)
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const [labelMove, setLabelMove] = useState<LabelMove | null>(null)
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<RequestProblem | null>(null)

  const editorView = readView(searchParams, versions)
  const viewedText = useVersionText(slug, editorView.kind === 'draft' ? null : editorView.number)
  const baseText = useVersionText(slug, view.baselineVersion?.number ?? null)
  const shownText = useDeferredValue(editorView.kind === 'version' && viewedText.status === 'there' ? viewedText.text : draft.state.text)
  const comparedText = baseText.status === 'there' ? baseText.text : null
  const outline = useMemo(() => readOutline(shownText, comparedText, policy.scheme), [shownText, comparedText, policy.scheme])
  const markers = useMemo<TextMarker[]>(
    () =>
      outline.problems.flatMap((entry) =>
        entry.line === null ? [] : [{ line: entry.line, severity: 'warning' as const, message: entry.message }],
      ),
    [outline],
  )

  const choose = useCallback(
    (changes: Record<string, string | null>) =>
      setSearchParams(
        (current) => {
          const next = new URLSearchParams(current)
          for (const [name, value] of Object.entries(changes)) {
            if (value === null) next.delete(name)
            else next.set(name, value)
          }
          return next
        },
        { preventScrollReset: true, replace: true },
      ),
    [setSearchParams],
  )
  const showView = useCallback(
    (next: EditorView) =>
      choose({ version: next.kind === 'version' ? String(next.number) : null, diff: next.kind === 'diff' ? String(next.number) : null }),
    [choose],
  )

  const act = async (work: () => Promise<void>) => {
    setPending(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  const openDialog = useCallback((name: OpenDialog) => {
    setProblem(null)
    setDialog(name)
  }, [])

  const makeVersion = (choice: { message: string; makeCandidate: boolean }) =>
    act(async () => {
      await draft.flush()
      const { text, saved } = draft.read()
      const parent = saved.baseVersion
      const address = `/policies/${encodeURIComponent(slug)}`
      const { version, created } = await sendForm<{ version: { number: number }; created: boolean }>(`${address}/versions`, {
        text,
        message: choice.message,
        ...(parent ? { parentNumber: String(parent.number) } : {}),
      })
      if (choice.makeCandidate && created)
        await sendForm(`${address}/labels`, { label: 'candidate', number: String(version.number), note: choice.message })
      setDialog(null)
      toast(created ? `v${version.number} is made.` : `This text is v${version.number} already.`)
      await draft.refresh()
      revalidate()
    })

  const moveLabel = (move: LabelMove, note: string) =>
    act(async () => {
      await sendForm(`/policies/${encodeURIComponent(slug)}/labels`, { label: move.label, number: String(move.to.number), note })
      setLabelMove(null)
      toast(`v${move.to.number} is ${move.label} now.`)
      revalidate()
    })

  const setModel = (fields: Record<string, string>) =>
    act(async () => {
      await sendForm(`/policies/${encodeURIComponent(slug)}/model`, fields)
      setDialog(null)
      revalidate()
    })

  const copyVersion = useCallback(
    (number: number) =>
      void fetch(`/policies/${encodeURIComponent(slug)}/versions/${number}`)
        .then(async (response) => {
          if (!response.ok) throw new Error(String(response.status))
          replaceDraft(((await response.json()) as { text: string }).text)
          showView({ kind: 'draft' })
          toast(`The draft is the text of v${number} now. Undo brings the earlier text back.`)
        })
        .catch(() => toast(`The text of v${number} could not be read.`, 'danger')),
    [slug, replaceDraft, showView, toast],
  )

  const versionActions = useMemo(
    () => ({
      onDiff: (number: number) => showView({ kind: 'diff', number }),
      onCopy: copyVersion,
      onMoveLabel: (label: LabelMove['label'], number: number) => {
        const to = versions.find((version) => version.number === number)
        setProblem(null)
        if (to) setLabelMove({ label, to, from: versions.find((version) => version.labels.includes(label)) ?? null })
      },
    }),
    [versions, showView, copyVersion],
  )
  const openAddress = useCallback(
    (number: number) => {
      const next = new URLSearchParams(searchParams)
      next.delete('diff')
      next.set('version', String(number))
      return `?${next}`
    },
    [searchParams],
  )

  const makeVersionShortcut = useCallback(() => openDialog('version'), [openDialog])
  useWorkbenchKeys(makeVersionShortcut, replay.start)
  const goToLine = useCallback((line: number) => editor.current?.goToLine(line), [])

  const models = view.models.map((model, index) => ({ id: String(index), label: modelTitle(model) }))
  const currentModel = view.models.findIndex((model) => modelTitle(model) === modelTitle(view.model))

  return (
    <Page wide>
      <div className="flex flex-col xl:h-[calc(100dvh-5rem-1px)] xl:min-h-[36rem]">
        <PageHeader
          breadcrumbs={[{ label: 'Policies', to: '/' }]}
          title={policy.name}
          actions={
            <>
              {view.goldenSet && (
                <ButtonLink size="sm" icon={Database} to={`/policies/${slug}/golden/${encodeURIComponent(view.goldenSet.name)}`}>
                  Golden set
                </ButtonLink>
              )}
              <ButtonLink size="sm" icon={Upload} to={`/policies/${slug}/import`}>
                Import cases
              </ButtonLink>
              <ButtonLink size="sm" icon={ListChecks} to={`/policies/${slug}/review`}>
                Review
              </ButtonLink>
              <ButtonLink size="sm" icon={ShieldCheck} to={`/policies/${slug}/gate`}>
                Gate
              </ButtonLink>
              <ButtonLink size="sm" icon={FlaskConical} to={`/policies/${slug}/probes`}>
                Probes
              </ButtonLink>
              <ButtonLink size="sm" icon={History} to={`/replays?policy=${slug}`}>
                Replays
              </ButtonLink>
            </>
          }
        />
        {searchParams.has('guide') && (
          <Guide
            outline={outline}
            changed={comparedText !== null && draft.state.text !== comparedText}
            replayed={replay.live.end?.verdict !== undefined && replay.live.end?.verdict !== null && !replay.stale}
            onGoToLine={goToLine}
            onClose={() => {
              choose({ guide: null })
              if (!preferences.guideDone) preferenceFetcher.submit({ guideDone: 'true' }, { method: 'post', action: preferencesPath })
            }}
          />
        )}
        <div className="grid min-h-0 grow grid-cols-1 gap-3 md:grid-cols-2 lg:grid-cols-[minmax(0,1fr)_22rem] xl:grid-cols-[16rem_minmax(0,1fr)_23rem] 2xl:grid-cols-[19rem_minmax(0,1fr)_28rem]">
          <div className="order-3 grid min-h-0 content-start gap-3 lg:col-span-2 lg:grid-cols-2 xl:order-1 xl:col-span-1 xl:grid-cols-1 xl:grid-rows-[minmax(0,1fr)_minmax(0,1fr)] xl:content-stretch">
            <VersionsPanel
              versions={versions}
              openNumber={editorView.kind === 'version' ? editorView.number : null}
              openAddress={openAddress}
              actions={versionActions}
            />
            <OutlinePanel outline={outline} onGoToLine={goToLine} />
          </div>
          <div className="order-1 flex min-h-0 flex-col max-xl:h-[70dvh] max-xl:min-h-[32rem] md:max-lg:col-span-2 xl:order-2 [&>section]:grow">
            <EditorPanel
              slug={slug}
              replayFields={{ goldenSet: view.goldenSet?.name ?? '', baselineVersion: String(view.baselineVersion?.number ?? '') }}
              draft={draft.state}
              markers={markers}
              versions={versions}
              view={editorView}
              viewedText={viewedText}
              editorRef={editor}
              onEdit={draft.edit}
              onView={showView}
              onCopyVersion={copyVersion}
              onMakeVersion={() => openDialog('version')}
              onPreview={() => openDialog('preview')}
              conflict={
                <ConflictDialog
                  theirs={draft.state.theirs}
                  yours={draft.state.text}
                  plain={preferences.plainEditor}
                  onResolve={draft.resolve}
                />
              }
            />
          </div>
          <div className="order-2 flex min-h-0 flex-col lg:max-xl:h-[70dvh] lg:max-xl:min-h-[32rem] xl:order-3 [&>section]:grow">
            <LiveReplayPanel
              slug={slug}
              live={replay.live}
              goldenSets={view.goldenSets}
              goldenSet={view.goldenSet?.name ?? null}
              baselines={versions}
              baseline={view.baselineVersion?.number ?? null}
              models={models}
              model={String(Math.max(0, currentModel))}
              rehearsal={view.model.provider === 'touchstone'}
              stale={replay.stale}
              starting={replay.busy === 'starting'}
              stopping={replay.busy === 'stopping'}
              resuming={replay.busy === 'resuming'}
              problem={replay.problem ?? (dialog === null && labelMove === null ? problem : null)}
              comparisonAddress={replay.comparisonAddress}
              onGoldenSet={(name) => choose({ golden: name })}
              onBaseline={(number) => choose({ baseline: String(number) })}
              onModel={(id) => {
                const chosen = view.models[Number(id)]
                if (id === 'other' || !chosen) openDialog('model')
                else void setModel(Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, String(value)])))
              }}
              onStart={replay.start}
              onCancel={replay.cancel}
              onResume={replay.resume}
            />
          </div>
        </div>
      </div>
      <MakeVersionDialog
        key={dialog === 'version' ? 'open' : 'closed'}
        open={dialog === 'version'}
        onOpenChange={(open) => openDialog(open ? 'version' : null)}
        nextNumber={Math.max(0, ...versions.map((version) => version.number)) + 1}
        sameAs={isUnsaved(draft.state) ? null : draft.state.saved.sameAsVersion}
        touched={[...outline.touched.keys()]}
        pending={pending}
        problem={problem}
        onMake={(choice) => void makeVersion(choice)}
      />
      <MoveLabelDialog
        move={labelMove}
        onClose={() => setLabelMove(null)}
        pending={pending}
        problem={problem}
        onConfirm={(move, note) => void moveLabel(move, note)}
      />
      <ModelDialog
        open={dialog === 'model'}
        onOpenChange={(open) => openDialog(open ? 'model' : null)}
        current={view.model}
        pending={pending}
        problem={problem}
        estimateAddress={view.goldenSet ? `/policies/${slug}/estimate?golden=${encodeURIComponent(view.goldenSet.name)}` : null}
        onChoose={(fields) => void setModel(fields)}
      />
      <PreviewDialog
        open={dialog === 'preview'}
        onOpenChange={(open) => openDialog(open ? 'preview' : null)}
        slug={slug}
        goldenSet={view.goldenSet?.name ?? null}
        text={draft.state.text}
        scheme={policy.scheme}
        answerFormat={view.model.answerFormat}
      />
    </Page>
  )
}

function readView(searchParams: URLSearchParams, versions: Array<{ number: number }>): EditorView {
  for (const kind of ['version', 'diff'] as const) {
    const number = Number(searchParams.get(kind))
    if (versions.some((version) => version.number === number)) return { kind, number }
  }
  return { kind: 'draft' }
}

/** Ctrl/⌘-S and Ctrl/⌘-Enter, wherever the focus is; caught before the editor or the browser takes them for something else. */
function useWorkbenchKeys(onMakeVersion: () => void, onReplay: () => void) {
  const modifier = useModifierName()
  const shortcuts = useMemo(
    () => [
      { keys: [modifier, 'Enter'], does: 'Replay the draft' },
      { keys: [modifier, 'S'], does: 'Make a version of the draft' },
      { keys: [modifier, 'F'], does: 'Search in the draft' },
      { keys: ['F8'], does: 'Go to the next problem of the text' },
      { keys: ['F7'], does: 'Go to the next change, when compared with a version' },
    ],
    [modifier],
  )
  useListedShortcuts('On this page', shortcuts)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isModified(event) || event.altKey || event.shiftKey) return
      const handler = event.key.toLowerCase() === 's' ? onMakeVersion : event.key === 'Enter' ? onReplay : null
      if (!handler) return
      event.preventDefault()
      event.stopPropagation()
      if (!event.repeat && !document.querySelector('[role="dialog"]')) handler()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [onMakeVersion, onReplay])
}
