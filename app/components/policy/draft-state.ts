/** The draft as the server has it. */
export type SavedDraft = {
  text: string
  revision: number
  textHash: string
  sameAsVersion: number | null
  baseVersion: { number: number } | null
  updatedAt: number
}

/**
 * The draft in this tab. `text` is in the editor, `saved` is what the server was last known to have. While `phase` is `saving`, `sent` is on
 * its way. In a `conflict` nothing is saved until the reader chose between `text` and `theirs`.
 */
export type DraftState = {
  text: string
  saved: SavedDraft
  phase: 'idle' | 'saving' | 'failing' | 'conflict'
  sent: string | null
  failures: number
  problem: string | null
  theirs: SavedDraft | null
  /** Grows when `text` came from elsewhere than the editor, which then has to take it over. */
  replaced: number
}

export type DraftAction =
  | { type: 'edit'; text: string }
  /** A whole other text, chosen by the reader. */
  | { type: 'replace'; text: string }
  | { type: 'send' }
  | { type: 'saved'; draft: SavedDraft }
  | { type: 'failed'; problem: string }
  | { type: 'conflict'; theirs: SavedDraft }
  /** The server has a newer draft; taken over only where nothing would be lost. */
  | { type: 'seen'; draft: SavedDraft }
  | { type: 'resolve'; text: string }

export function startDraft(saved: SavedDraft, replaced = 0): DraftState {
  return { text: saved.text, saved, phase: 'idle', sent: null, failures: 0, problem: null, theirs: null, replaced }
}

export function nextDraftState(state: DraftState, action: DraftAction): DraftState {
  switch (action.type) {
    case 'edit':
      return { ...state, text: action.text }
    case 'replace':
      return { ...state, text: action.text, replaced: state.replaced + 1 }
    case 'send':
      return { ...state, phase: 'saving', sent: state.text }
    case 'saved':
      return { ...state, saved: action.draft, phase: 'idle', sent: null, failures: 0, problem: null }
    case 'failed':
      return { ...state, phase: 'failing', sent: null, failures: state.failures + 1, problem: action.problem }
    case 'conflict':
      // Both tabs hold the same text: there is nothing to choose.
      if (action.theirs.text === state.text) return startDraft(action.theirs, state.replaced)
      return { ...state, phase: 'conflict', sent: null, failures: 0, problem: null, theirs: action.theirs }
    case 'seen':
      if (action.draft.revision <= state.saved.revision) return state
      if (state.phase === 'conflict') return { ...state, theirs: action.draft }
      if (state.phase === 'idle' && !isUnsaved(state)) return startDraft(action.draft, state.replaced + 1)
      return state
    case 'resolve':
      if (!state.theirs) return state
      return { ...startDraft(state.theirs, state.replaced + 1), text: action.text }
  }
}

export function isUnsaved(state: DraftState): boolean {
  return state.text !== state.saved.text
}

/** When to send next, in milliseconds from now; null when there is nothing to send or an answer is awaited. */
export function nextSaveDelayMs(state: DraftState): number | null {
  if (!isUnsaved(state) || state.phase === 'saving' || state.phase === 'conflict') return null
  return state.phase === 'failing' ? Math.min(30_000, 1000 * 2 ** (state.failures - 1)) : 500
}
