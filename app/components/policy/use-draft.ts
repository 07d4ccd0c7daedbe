import { useCallback, useEffect, useRef, useState } from 'react'
import { sendForm } from './send-form'
import { isUnsaved, nextDraftState, nextSaveDelayMs, startDraft, type DraftAction, type DraftState, type SavedDraft } from './draft-state'

type SaveAnswer = { status: 'saved'; draft: SavedDraft } | { status: 'conflict'; theirs: SavedDraft }

export type Draft = {
  state: DraftState
  /** The state as of now, which the next render will show. */
  read: () => DraftState
  edit: (text: string) => void
  /** Another text altogether, which the editor takes over as one edit that can be undone. */
  replace: (text: string) => void
  /** Ends a conflict: this text is what the draft shall be. */
  resolve: (text: string) => void
  /** Saves now what is unsaved; resolves when the server has it, rejects with a sentence when it cannot. */
  flush: () => Promise<void>
  /** Looks whether the server has a newer draft. */
  refresh: () => Promise<void>
}

/** Characters that surely fit into the 64 KiB that a browser still sends for a page that is gone, whatever they are encoded to. */
const leavingLimit = 7000

/**
 * Keeps the draft saved: half a second after the last keystroke, again and again where saving fails, at once when the tab goes away. A save
 * states the revision that it builds on, so that what another tab saved is never overwritten.
 */
export function useDraft(slug: string, initial: SavedDraft): Draft {
  const [state, setState] = useState(() => startDraft(initial))
  // The state as of now, not as of the last render: two saves in a row must not state the same revision, and a replay must not miss a key.
  const latest = useRef(state)
  const dispatch = useCallback((action: DraftAction) => {
    latest.current = nextDraftState(latest.current, action)
    setState(latest.current)
  }, [])
  const saving = useRef<Promise<void> | null>(null)
  const address = `/policies/${encodeURIComponent(slug)}/draft`

  const save = useCallback(
    (options: { keepalive?: boolean } = {}): Promise<void> => {
      if (saving.current) return saving.current
      const { text, saved } = latest.current
      dispatch({ type: 'send' })
      const work = sendForm<SaveAnswer>(
        address,
        { text, expectedRevision: String(saved.revision) },
        { acceptConflict: true, ...options },
      ).then(
        (answer) => {
          saving.current = null
          if (answer.status === 'conflict') dispatch({ type: 'conflict', theirs: answer.theirs })
          else dispatch({ type: 'saved', draft: answer.draft })
        },
        (error: Error) => {
          saving.current = null
          dispatch({ type: 'failed', problem: error.message })
        },
      )
      saving.current = work
      return work
    },
    [address, dispatch],
  )

  const delayMs = nextSaveDelayMs(state)
  useEffect(() => {
    if (delayMs === null) return
    const timer = setTimeout(() => void save(), delayMs)
    return () => clearTimeout(timer)
  }, [delayMs, state.text, state.failures, save])

  const refresh = useCallback(async () => {
    const response = await fetch(address, { headers: { Accept: 'application/json' } }).catch(() => null)
    // A tab that cannot reach the server says so when it saves.
    if (response?.ok) dispatch({ type: 'seen', draft: (await response.json()) as SavedDraft })
  }, [address, dispatch])

  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') void refresh()
      else if (isUnsaved(latest.current) && latest.current.phase === 'idle') void save()
    }
    const onOnline = () => {
      if (latest.current.phase === 'failing') void save()
    }
    const onLeave = (event: BeforeUnloadEvent) => {
      if (!isUnsaved(latest.current)) return
      // A short text that only waits for its half second is sent on the way out; for anything else the browser asks.
      if (latest.current.phase === 'idle' && latest.current.text.length < leavingLimit) void save({ keepalive: true })
      else event.preventDefault()
    }
    document.addEventListener('visibilitychange', onVisible)
    window.addEventListener('focus', onVisible)
    window.addEventListener('online', onOnline)
    window.addEventListener('beforeunload', onLeave)
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('focus', onVisible)
      window.removeEventListener('online', onOnline)
      window.removeEventListener('beforeunload', onLeave)
      if (isUnsaved(latest.current) && latest.current.phase !== 'conflict') void save()
    }
  }, [refresh, save])

  const flush = useCallback(async () => {
    await saving.current
    if (isUnsaved(latest.current) && latest.current.phase !== 'conflict') await save()
    if (latest.current.phase === 'conflict') throw new Error('The draft was changed in another tab. Choose a text first.')
    if (latest.current.phase === 'failing') throw new Error(latest.current.problem ?? 'The draft could not be saved.')
  }, [save])

  return {
    state,
    read: useCallback(() => latest.current, []),
    edit: useCallback((text: string) => dispatch({ type: 'edit', text }), [dispatch]),
    replace: useCallback((text: string) => dispatch({ type: 'replace', text }), [dispatch]),
    resolve: useCallback((text: string) => dispatch({ type: 'resolve', text }), [dispatch]),
    flush,
    refresh,
  }
}
