import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SideMetrics } from '../../domain/comparison/comparison'
import { createSideAccumulator } from '../../domain/metrics/side-metrics'
import type { VerdictScheme } from '../../domain/policy/verdict-scheme'
import type { TouchstoneDatabase } from '../database'
import { JoinedReplays, readReplayToCompare, type SideTotals } from './comparison-source'

/** A pass lets other work of the process in after this many cases. */
const casesPerTurn = 4_096

export type ReplayFigures = { metrics: SideMetrics; totals: SideTotals }

/** The figures of one replay from its trials, in one pass; of those that there are so far where it has not ended. Null: no such replay. */
export async function readReplayFigures(
  database: TouchstoneDatabase,
  replayId: string,
  scheme: VerdictScheme,
): Promise<ReplayFigures | null> {
  const handle = database.openHandle()
  try {
    const replay = readReplayToCompare(handle, replayId)
    if (!replay) return null
    const side = createSideAccumulator(scheme)
    const joined = new JoinedReplays(handle, replay, replay, null)
    let cases = 0
    try {
      for (const { candidate } of joined.cases()) {
        if (candidate) side.add(candidate)
        if (++cases % casesPerTurn === 0) await nextTurn()
      }
      return { metrics: side.metrics(), totals: joined.totals().candidate }
    } finally {
      joined.close()
    }
  } finally {
    handle.close()
  }
}
