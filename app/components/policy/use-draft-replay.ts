import { useRevalidator } from '@remix-run/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLiveReplay } from '../replay-live/use-live-replay'
import { isUnderWay, type LiveState } from '../replay-live/live-state'
import { isUnsaved } from './draft-state'
import { modelTitle, type PolicyView } from './policy-view'
import { asProblem, sendForm, type RequestProblem } from './send-form'
import type { Draft } from './use-draft'

type Watched = { replayId: string | null; baselineId: string | null; promptHash: string | null; attempt: number }
type StartAnswer = { replay: { id: string; promptHash: string }; baseline: { id: string } | null }

export type DraftReplay = {
  live: LiveState
  /** The draft is not the text that this replay read. */
  stale: boolean
  comparisonAddress: string | null
  busy: 'starting' | 'stopping' | 'resuming' | null
  problem: RequestProblem | null
  start: () => void
  cancel: () => void
  resume: () => void
}

/** The replay beside the draft: the one that the loader found, or the one that was started here. It is the server's; this page only watches. */
export function useDraftReplay(view: PolicyView, draft: Draft): DraftReplay {
  const { slug } = view.policy
  const revalidator = useRevalidator()
  const choiceKey = `${slug}|${view.goldenSet?.name}|${view.baselineVersion?.number}|${modelTitle(view.model)}`
  const [watched, setWatched] = useState<Watched>(() => watchedFromView(view, 0))
  const [busy, setBusy] = useState<DraftReplay['busy']>(null)
  const [problem, setProblem] = useState<RequestProblem | null>(null)

  // Another golden set, baseline or model: what the loader found for it.
  const shownChoice = useRef(choiceKey)
  useEffect(() => {
    if (shownChoice.current === choiceKey) return
    shownChoice.current = choiceKey
    setProblem(null)
    setWatched((current) => watchedFromView(view, current.attempt))
  }, [choiceKey, view])

  const live = useLiveReplay(watched.replayId, watched.baselineId, watched.attempt, view.draftReplay)

  // A finished replay changes what the versions and the next baseline show.
  const { revalidate } = revalidator
  const startedHere = useRef(false)
  useEffect(() => {
    if (!live.end || !startedHere.current) return
    startedHere.current = false
    revalidate()
  }, [live.end, revalidate])

  const act = useCallback(async (kind: NonNullable<DraftReplay['busy']>, work: () => Promise<void>) => {
    setBusy(kind)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setBusy(null)
    }
  }, [])

  const latest = useRef({ view, draft, watched, live })
  latest.current = { view, draft, watched, live }

  const start = useCallback(() => {
    void act('starting', async () => {
      const { goldenSet, baselineVersion } = latest.current.view
      if (!goldenSet) return
      await latest.current.draft.flush()
      const { watched, live } = latest.current
      const again = live.end?.status === 'finished' && watched.promptHash === latest.current.draft.read().saved.textHash
      // Replays run one after the other: one of an earlier text would only be waited and paid for.
      if (watched.replayId !== null && isUnderWay(live)) await sendForm(`/replays/${encodeURIComponent(watched.replayId)}/cancel`, {})
      const { replay, baseline } = await sendForm<StartAnswer>(`/policies/${encodeURIComponent(slug)}/replay`, {
        text: latest.current.draft.read().text,
        goldenSet: goldenSet.name,
        baselineVersion: baselineVersion ? String(baselineVersion.number) : '',
        again: String(again),
      })
      startedHere.current = true
      setWatched((current) => ({
        replayId: replay.id,
        baselineId: baseline?.id ?? null,
        promptHash: replay.promptHash,
        attempt: current.attempt + 1,
      }))
    })
  }, [act, slug])

  const cancel = useCallback(() => {
    const { replayId, baselineId } = latest.current.watched
    if (replayId === null) return
    void act('stopping', async () => {
      await sendForm(`/replays/${encodeURIComponent(replayId)}/cancel`, {})
      const baseline = latest.current.live.baseline
      if (baselineId && baseline && (baseline.status === 'running' || baseline.status === 'pending'))
        await sendForm(`/replays/${encodeURIComponent(baselineId)}/cancel`, {})
    })
  }, [act])

  const resume = useCallback(() => {
    const { replayId, baselineId } = latest.current.watched
    if (replayId === null) return
    void act('resuming', async () => {
      const baseline = latest.current.live.baseline
      if (baselineId && baseline && (baseline.status === 'cancelled' || baseline.status === 'failed'))
        await sendForm(`/replays/${encodeURIComponent(baselineId)}/resume`, {})
      await sendForm(`/replays/${encodeURIComponent(replayId)}/resume`, {})
      startedHere.current = true
      setWatched((current) => ({ ...current, attempt: current.attempt + 1 }))
    })
  }, [act])

  const comparable = watched.replayId !== null && watched.baselineId !== null && watched.replayId !== watched.baselineId
  return {
    live,
    stale: watched.replayId !== null && (isUnsaved(draft.state) || watched.promptHash !== draft.state.saved.textHash),
    comparisonAddress: comparable ? `/compare/${watched.baselineId}/${watched.replayId}` : null,
    busy,
    problem,
    start,
    cancel,
    resume,
  }
}

/** The baseline's own replay is nothing to watch: a draft that was not changed shows the invitation instead. */
function watchedFromView(view: PolicyView, attempt: number): Watched {
  const { draftReplay, baselineReplay } = view
  const replay = draftReplay && draftReplay.id !== baselineReplay?.id ? draftReplay : null
  return {
    replayId: replay?.id ?? null,
    baselineId: replay ? (baselineReplay?.id ?? null) : null,
    promptHash: replay?.promptHash ?? null,
    attempt: attempt + 1,
  }
}
