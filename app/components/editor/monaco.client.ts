import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/diffEditor/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/placeholderText/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/unicodeHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import * as monaco from 'monaco-editor/editor/editor.api'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'

const promptLanguage = 'touchstone-prompt'

let ready = false

/**
 * Monaco with what every editor of prompts shares. The first call of a page sets up its worker, the language of prompts, and a theme that is
 * made of the design tokens.
 */
export function prepareMonaco() {
  const kit = { monaco, promptLanguage, sharedEditorOptions, editorFontFamily }
  if (ready) return kit
  ready = true
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() }
  monaco.languages.register({ id: promptLanguage })
  monaco.languages.setLanguageConfiguration(promptLanguage, { wordPattern: /[\p{L}\p{N}_]+/u })
  monaco.languages.setMonarchTokensProvider(promptLanguage, {
    tokenizer: {
      root: [
        [/^\s*#{1,6}\s.*$/, 'heading'],
        [/^\s*(?:[-*+]|\d+[.)])\s/, 'bullet'],
        [/`[^`\n]*`/, 'code'],
        [/\*\*[^*\n]+\*\*/, 'strong'],
        [/"[^"\n]*"|“[^”\n]*”|„[^“\n]*“|«[^»\n]*»/, 'quote'],
        [/\b[A-Z]{1,4}(?:-?[A-Z])?\d+(?:\.[a-z0-9]+)*\b/, 'rule'],
      ],
    },
  })
  applyTheme()
  new MutationObserver(applyTheme).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme)
  return kit
}

/** Options that every editor of prompts has. Tab moves the focus on, so that nobody is caught in the editor. */
const sharedEditorOptions = {
  automaticLayout: true,
  contextmenu: true,
  fontSize: 13,
  lineHeight: 20,
  lineNumbersMinChars: 3,
  minimap: { enabled: false },
  overviewRulerBorder: false,
  padding: { top: 8, bottom: 24 },
  renderLineHighlight: 'line',
  renderLineHighlightOnlyWhenFocus: true,
  scrollBeyondLastLine: false,
  smoothScrolling: false,
  stickyScroll: { enabled: false },
  tabFocusMode: true,
  theme: 'touchstone',
  // What hides is marked; letters of other alphabets are normal in a moderation prompt.
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true, nonBasicASCII: false },
  wordWrap: 'on',
  wrappingIndent: 'same',
} as const satisfies monaco.editor.IEditorOptions & { theme: string }

function editorFontFamily(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace'
}

function applyTheme() {
  const color = readTokenColors()
  const plain = (name: string) => color(name).slice(1, 7)
  monaco.editor.defineTheme('touchstone', {
    base: isDark() ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: plain('ink') },
      { token: 'heading', foreground: plain('ink'), fontStyle: 'bold' },
      { token: 'bullet', foreground: plain('gold-ink') },
      { token: 'code', foreground: plain('ink-muted') },
      { token: 'strong', fontStyle: 'bold' },
      { token: 'quote', foreground: plain('ink-muted') },
      { token: 'rule', foreground: plain('gold-ink'), fontStyle: 'bold' },
    ],
    colors: {
      'editor.background': color('surface'),
      'editor.foreground': color('ink'),
      'editor.lineHighlightBackground': color('sunken'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': color('selected'),
      'editorCursor.foreground': color('ink'),
      'editorGutter.background': color('surface'),
      'editorLineNumber.foreground': color('ink-faint'),
      'editorLineNumber.activeForeground': color('ink'),
      'editorWarning.foreground': color('gold'),
      'editorError.foreground': color('danger'),
      'editorInfo.foreground': color('unscored'),
      'editorWidget.background': color('raised'),
      'editorWidget.border': color('line'),
      'editor.placeholder.foreground': color('ink-faint'),
      focusBorder: color('focus'),
      'input.background': color('surface'),
      'input.border': color('line-strong'),
      'diffEditor.insertedLineBackground': `${color('fixed-soft')}`,
      'diffEditor.insertedTextBackground': `${color('fixed')}40`,
      'diffEditor.removedLineBackground': `${color('regressed-soft')}`,
      'diffEditor.removedTextBackground': `${color('regressed')}40`,
      'diffEditor.unchangedRegionBackground': color('sunken'),
      'diffEditor.unchangedRegionForeground': color('ink-muted'),
      'diffEditorGutter.insertedLineBackground': color('fixed-soft'),
      'diffEditorGutter.removedLineBackground': color('regressed-soft'),
    },
  })
  monaco.editor.setTheme('touchstone')
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

/** The tokens as `#rrggbb`: a probe element resolves `light-dark()`, which a custom property read by itself does not. */
function readTokenColors(): (name: string) => string {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const known = new Map<string, string>()
  queueMicrotask(() => probe.remove())
  return (name) => {
    const read = known.get(name)
    if (read) return read
    probe.style.color = `var(--stone-${name})`
    const channels = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
    const hex = `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`
    known.set(name, hex)
    return hex
  }
}
