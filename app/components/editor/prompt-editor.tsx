import { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { classNames } from '~/components/ui/class-names'
import { useMonaco } from './use-monaco'

type Editor = import('monaco-editor/editor/editor.api').editor.IStandaloneCodeEditor
type Model = import('monaco-editor/editor/editor.api').editor.ITextModel

/** A remark on lines of the text, numbered from 1. */
export type TextMarker = { line: number; endLine?: number; severity: 'error' | 'warning' | 'info'; message: string }

export type PromptEditorHandle = {
  /** Puts the cursor on the line, in sight, and the focus into the text. */
  goToLine: (line: number) => void
  focus: () => void
}

export type PromptEditorProps = {
  label: string
  /** The form field's name. */
  name: string
  /** Read when the editor is made; afterwards the editor leads, and `value` follows it. */
  value: string
  /** Grows when `value` came from elsewhere and the editor shall take it over. */
  replaced?: number
  onChange: (text: string) => void
  readOnly?: boolean
  placeholder?: string
  markers?: TextMarker[]
  /** Stay with the plain field: for assistive technology, and for who likes it. */
  plain?: boolean
  className?: string
}

/**
 * The editor of a prompt text. The form's real field is the textarea: it is there before Monaco arrives, without it, and by choice; Monaco
 * takes its place in the same box and keeps its value.
 */
export const PromptEditor = forwardRef<PromptEditorHandle, PromptEditorProps>(function PromptEditor(props, ref) {
  const { label, name, value, replaced = 0, onChange, readOnly = false, markers = [], plain = false, className } = props
  const { module } = useMonaco(!plain)
  const host = useRef<HTMLDivElement>(null)
  const textarea = useRef<HTMLTextAreaElement>(null)
  const [editor, setEditor] = useState<Editor | null>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (!module || !host.current) return
    const { monaco, promptLanguage, sharedEditorOptions, editorFontFamily } = module
    const model: Model = monaco.editor.createModel(latest.current.value, promptLanguage)
    model.setEOL(monaco.editor.EndOfLineSequence.LF)
    const hadFocus = document.activeElement === textarea.current
    const created = monaco.editor.create(host.current, {
      ...sharedEditorOptions,
      fontFamily: editorFontFamily(),
      model,
      ariaLabel: latest.current.label,
      placeholder: latest.current.placeholder,
      readOnly: latest.current.readOnly ?? false,
    })
    created.onDidChangeModelContent(() => {
      const text = model.getValue()
      if (text !== latest.current.value) latest.current.onChange(text)
    })
    const cursor = textarea.current?.selectionStart
    if (hadFocus) {
      if (cursor !== undefined) created.setPosition(model.getPositionAt(cursor))
      created.focus()
    }
    setEditor(created)
    return () => {
      setEditor(null)
      created.dispose()
      model.dispose()
    }
  }, [module])

  // A text that came from elsewhere (another tab, a version) enters as an edit, so that it can be undone.
  useEffect(() => {
    const model = editor?.getModel()
    const text = latest.current.value
    if (!model || model.getValue() === text) return
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null)
  }, [editor, replaced])

  useEffect(() => {
    editor?.updateOptions({ readOnly, ariaLabel: label })
  }, [editor, readOnly, label])

  useEffect(() => {
    const model = editor?.getModel()
    if (!module || !model) return
    const severity = {
      error: module.monaco.MarkerSeverity.Error,
      warning: module.monaco.MarkerSeverity.Warning,
      info: module.monaco.MarkerSeverity.Info,
    }
    const lineCount = model.getLineCount()
    module.monaco.editor.setModelMarkers(
      model,
      'touchstone',
      markers
        .filter((marker) => marker.line >= 1 && marker.line <= lineCount)
        .map((marker) => {
          const endLine = Math.min(marker.endLine ?? marker.line, lineCount)
          return {
            severity: severity[marker.severity],
            message: marker.message,
            startLineNumber: marker.line,
            startColumn: Math.max(1, model.getLineFirstNonWhitespaceColumn(marker.line)),
            endLineNumber: endLine,
            endColumn: model.getLineMaxColumn(endLine),
          }
        }),
    )
  }, [module, editor, markers])

  useImperativeHandle(
    ref,
    () => ({
      focus: () => (editor ? editor.focus() : textarea.current?.focus()),
      goToLine: (line) => {
        if (editor) {
          editor.setPosition({ lineNumber: line, column: 1 })
          editor.revealLineNearTop(line)
          editor.focus()
          return
        }
        if (textarea.current) selectLine(textarea.current, line)
      },
    }),
    [editor],
  )

  const monacoShown = editor !== null && !plain
  return (
    <div className={classNames('relative min-h-0 overflow-hidden bg-surface', className)}>
      <textarea
        ref={textarea}
        name={name}
        aria-label={label}
        value={value}
        readOnly={readOnly}
        hidden={monacoShown}
        placeholder={props.placeholder}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        className="absolute inset-0 size-full resize-none bg-surface px-11 py-2 font-mono text-sm focus-visible:-outline-offset-2"
      />
      {!plain && <div ref={host} className={classNames('absolute inset-0', !monacoShown && 'pointer-events-none opacity-0')} />}
    </div>
  )
})

function selectLine(field: HTMLTextAreaElement, line: number) {
  const lines = field.value.split('\n')
  const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0)
  field.focus()
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  field.scrollTop = Math.max(0, (line - 3) * (field.scrollHeight / Math.max(1, lines.length)))
}
