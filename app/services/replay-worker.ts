import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { PriceTable } from '~/domain/pricing/price-table'
import type { ReplayEvent } from '~/replay/ports'
import { openDatabase } from '~/storage/database'
import { keepMemoryFlat } from './replay-memory'
import { createReplayRunner } from './replay-runner'

/** The thread in which the app's replays run, so that pages stay quick while it works. */

export type WorkerData = {
  databaseUrl: string
  environment: { openaiApiKey: string | null; openaiBaseUrl: string | null; maxCostUsd: number | null }
  prices: PriceTable | null
}
export type WorkerRequest = { type: 'run'; replayId: string } | { type: 'cancel'; replayId: string } | { type: 'stop' }
export type WorkerReport =
  { type: 'events'; events: ReplayEvent[] } | { type: 'ended'; replayId: string; error: string | null } | { type: 'stopped' }

/** Events are handed over in batches this often. */
const batchMs = 50

async function work(port: NonNullable<typeof parentPort>, { databaseUrl, environment, prices }: WorkerData): Promise<void> {
  const database = await openDatabase(databaseUrl)
  keepMemoryFlat(database)
  const runner = createReplayRunner({ database, environment, prices })
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let stopping = false
  let batch: ReplayEvent[] = []
  const report = (message: WorkerReport) => port.postMessage(message)
  const sendBatch = () => {
    if (batch.length) report({ type: 'events', events: batch })
    batch = []
  }
  const onEvent = (event: ReplayEvent) => {
    // One message a trial would cost more than the trial: who wants trials reads them from the store.
    if (event.type === 'trial') return
    if (batch.length === 0) setTimeout(sendBatch, batchMs)
    batch.push(event)
  }
  const run = async (replayId: string, controller: AbortController): Promise<void> => {
    let failure: string | null = null
    try {
      await runner.run(replayId, onEvent, controller.signal, () => (stopping ? 'pending' : 'cancelled'))
    } catch (error) {
      failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    }
    running.delete(replayId)
    sendBatch()
    report({ type: 'ended', replayId, error: failure })
  }
  port.on('message', (request: WorkerRequest) => {
    if (request.type === 'run') {
      if (stopping || running.has(request.replayId)) return
      const controller = new AbortController()
      running.set(request.replayId, { controller, done: run(request.replayId, controller) })
    } else if (request.type === 'cancel') running.get(request.replayId)?.controller.abort()
    else {
      stopping = true
      const all = [...running.values()]
      for (const { controller } of all) controller.abort()
      void Promise.all(all.map(({ done }) => done)).then(async () => {
        await database.close()
        report({ type: 'stopped' })
        port.close()
      })
    }
  })
}

if (!isMainThread && parentPort) await work(parentPort, workerData as WorkerData)
