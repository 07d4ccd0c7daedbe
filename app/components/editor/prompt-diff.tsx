import { useEffect, useRef, useState } from 'react'
import { classNames } from '~/components/ui/class-names'
import { useMonaco } from './use-monaco'

type DiffEditor = import('monaco-editor/editor/editor.api').editor.IStandaloneDiffEditor

export type PromptDiffProps = {
  original: { label: string; text: string }
  modified: { label: string; text: string }
  /** Grows when the modified text came from elsewhere than this editor, which then takes it over. */
  replaced?: number
  /** With it the modified side can be edited. */
  onChange?: (text: string) => void
  /** Stay with the two plain texts. */
  plain?: boolean
  /** Fold away what is the same on both sides. Default true. */
  foldUnchanged?: boolean
  /** Sets the height; the box is the same before and after Monaco arrives. */
  className?: string
}

/** Two prompt texts and what differs between them, side by side where there is room. The two texts themselves until Monaco arrives. */
export function PromptDiff(props: PromptDiffProps) {
  const { original, modified, replaced = 0, onChange, plain = false, foldUnchanged = true, className } = props
  const { module } = useMonaco(!plain)
  const host = useRef<HTMLDivElement>(null)
  const [diff, setDiff] = useState<DiffEditor | null>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (!module || !host.current) return
    const { monaco, promptLanguage, sharedEditorOptions, editorFontFamily } = module
    const models = {
      original: monaco.editor.createModel(latest.current.original.text, promptLanguage),
      modified: monaco.editor.createModel(latest.current.modified.text, promptLanguage),
    }
    for (const model of Object.values(models)) model.setEOL(monaco.editor.EndOfLineSequence.LF)
    const created = monaco.editor.createDiffEditor(host.current, {
      ...sharedEditorOptions,
      fontFamily: editorFontFamily(),
      originalEditable: false,
      readOnly: latest.current.onChange === undefined,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: 720,
      renderOverviewRuler: false,
      diffWordWrap: 'on',
      hideUnchangedRegions: { enabled: latest.current.foldUnchanged ?? true, contextLineCount: 3, minimumLineCount: 4 },
      originalAriaLabel: latest.current.original.label,
      modifiedAriaLabel: latest.current.modified.label,
    })
    created.setModel(models)
    const modifiedEditor = created.getModifiedEditor()
    modifiedEditor.onDidChangeModelContent(() => {
      const text = models.modified.getValue()
      if (text !== latest.current.modified.text) latest.current.onChange?.(text)
    })
    setDiff(created)
    return () => {
      setDiff(null)
      created.dispose()
      models.original.dispose()
      models.modified.dispose()
    }
  }, [module])

  // While it can be edited, the editor leads; otherwise what it is given is what it shows.
  const follow = onChange ? replaced : modified.text
  useEffect(() => {
    const models = diff?.getModel()
    if (!models) return
    const { original, modified } = latest.current
    if (models.original.getValue() !== original.text) models.original.setValue(original.text)
    if (models.modified.getValue() !== modified.text)
      models.modified.pushEditOperations([], [{ range: models.modified.getFullModelRange(), text: modified.text }], () => null)
  }, [diff, original.text, follow])

  const readOnly = onChange === undefined
  useEffect(() => {
    // Every change states the labels again: Monaco forgets them otherwise, though their type does not say that it takes them here.
    const options: import('monaco-editor/editor/editor.api').editor.IDiffEditorConstructionOptions = {
      readOnly,
      hideUnchangedRegions: { enabled: foldUnchanged },
      originalAriaLabel: original.label,
      modifiedAriaLabel: modified.label,
    }
    diff?.updateOptions(options)
  }, [diff, original.label, modified.label, readOnly, foldUnchanged])

  const monacoShown = diff !== null && !plain
  return (
    <div className={classNames('flex min-h-0 flex-col bg-surface', className)}>
      <div className="grid shrink-0 grid-cols-2 border-b bg-sunken text-xs text-ink-muted">
        <span className="truncate px-3 py-1">
          <span aria-hidden>− </span>
          {original.label}
        </span>
        <span className="truncate border-l px-3 py-1">
          <span aria-hidden>+ </span>
          {modified.label}
        </span>
      </div>
      <div className="relative min-h-0 grow">
        {!monacoShown && (
          <div className="absolute inset-0 grid grid-cols-2">
            <PlainText label={original.label} text={original.text} />
            <PlainText label={modified.label} text={modified.text} onChange={onChange} />
          </div>
        )}
        {!plain && <div ref={host} className={classNames('absolute inset-0', !monacoShown && 'pointer-events-none opacity-0')} />}
      </div>
    </div>
  )
}

function PlainText({ label, text, onChange }: { label: string; text: string; onChange?: (text: string) => void }) {
  return (
    <textarea
      aria-label={label}
      value={text}
      readOnly={!onChange}
      onChange={(event) => onChange?.(event.target.value)}
      spellCheck={false}
      className="size-full resize-none bg-surface px-3 py-2 font-mono text-sm not-first:border-l focus-visible:-outline-offset-2"
    />
  )
}
