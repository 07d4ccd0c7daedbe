import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { HealthProgress } from '~/domain/golden-set/health'
import type { RevisionKey } from '~/storage/sqlite/golden-case-queries'
import { openReadOnly } from '~/storage/sqlite/health-source'
import { examineRevision, type Examination } from './health-examination'

/** The thread in which a golden set is examined, so that pages stay quick meanwhile. It lives for one examination. */

export type HealthWorkerData = { databaseFile: string; key: RevisionKey }
export type HealthWorkerMessage = { type: 'progress'; progress: HealthProgress } | { type: 'done'; examination: Examination }

/** Progress is told at most this often. */
const progressEveryMs = 200

function work(port: NonNullable<typeof parentPort>, { databaseFile, key }: HealthWorkerData): void {
  const tell = (message: HealthWorkerMessage) => port.postMessage(message)
  let toldAt = 0
  const handle = openReadOnly(databaseFile)
  try {
    const examination = examineRevision(handle, key, (progress) => {
      const now = performance.now()
      if (now - toldAt < progressEveryMs) return
      toldAt = now
      tell({ type: 'progress', progress })
    })
    tell({ type: 'done', examination })
  } finally {
    handle.close()
  }
}

if (!isMainThread && parentPort) work(parentPort, workerData as HealthWorkerData)
