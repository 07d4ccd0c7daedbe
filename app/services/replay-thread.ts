import { Worker } from 'node:worker_threads'
import type { ReplayEvent } from '~/replay/ports'
import type { WorkerData, WorkerReport, WorkerRequest } from './replay-worker'

/** How long a thread may take to put its work down before it is ended. */
const stopWithinMs = 8_000

/** Where replays run: each `run` resolves when the replay has ended, however it ended, and rejects when it failed for a reason of ours. */
export type BackgroundReplays = {
  run(replayId: string): Promise<void>
  isRunning(replayId: string): boolean
  /** Asks a running replay to stop; false when it does not run here. */
  cancel(replayId: string): boolean
  /** Puts running replays down so that the next start continues them. */
  close(): Promise<void>
}

type Running = { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }

/** Runs replays in a thread of its own, which is started with the first one. A thread that dies takes its replays with it; the next one is new. */
export function createReplayThread(workerFile: string, data: WorkerData, onEvent: (event: ReplayEvent) => void): BackgroundReplays {
  let worker: Worker | null = null
  let stopped: (() => void) | null = null
  const running = new Map<string, Running>()

  const settle = (replayId: string, error: string | null) => {
    const entry = running.get(replayId)
    running.delete(replayId)
    if (error === null) entry?.resolve()
    else entry?.reject(new Error(error))
  }
  const start = (): Worker => {
    const thread = new Worker(workerFile, { workerData: data })
    thread.on('message', (report: WorkerReport) => {
      if (report.type === 'events') report.events.forEach(onEvent)
      else if (report.type === 'ended') settle(report.replayId, report.error)
      else stopped?.()
    })
    const onEnd = (reason: string) => {
      if (worker === thread) worker = null
      stopped?.()
      for (const replayId of [...running.keys()]) settle(replayId, reason)
    }
    thread.on('error', (error) => onEnd(error.message))
    thread.on('exit', (code) => onEnd(`the replay thread ended with code ${code}`))
    return thread
  }
  const post = (request: WorkerRequest) => worker?.postMessage(request)

  return {
    run(replayId) {
      const already = running.get(replayId)
      if (already) return already.promise
      let resolve: () => void = () => undefined
      let reject: (error: Error) => void = () => undefined
      const promise = new Promise<void>((onResolve, onReject) => {
        resolve = onResolve
        reject = onReject
      })
      running.set(replayId, { promise, resolve, reject })
      worker ??= start()
      post({ type: 'run', replayId })
      return promise
    },
    isRunning: (replayId) => running.has(replayId),
    cancel(replayId) {
      if (!running.has(replayId)) return false
      post({ type: 'cancel', replayId })
      return true
    },
    async close() {
      if (!worker) return
      const thread = worker
      const ended = new Promise<void>((resolve) => {
        stopped = resolve
      })
      post({ type: 'stop' })
      const timer = setTimeout(() => stopped?.(), stopWithinMs)
      await ended
      clearTimeout(timer)
      worker = null
      await thread.terminate()
    },
  }
}
