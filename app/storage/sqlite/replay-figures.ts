import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SideMetrics } from '../../domain/comparison/comparison'
import { createSideAccumulator } from '../../domain/metrics/side-metrics'
import type { VerdictScheme } from '../../domain/policy/verdict-scheme'
import type { TouchstoneDatabase } from '../database'
import { JoinedReplays, readReplayToCompare, type SideTotals } from './comparison-source'

/** A pass lets other work of the process in after this many cases. */
const casesPerTurn = 4_096

export type ReplayFigures = {
  /** Without the cases that were to be left out. */
  metrics: SideMetrics
  /** Those cases, and the figures over all; null where there are none. */
  leftOut: { cases: number; all: SideMetrics } | null
  totals: SideTotals
}

/** The figures of one replay from its trials, in one pass; of those that there are so far where it has not ended. Null: no such replay. */
export async function readReplayFigures(
  database: TouchstoneDatabase,
  replayId: string,
  scheme: VerdictScheme,
  leaveOut: ReadonlySet<string>,
): Promise<ReplayFigures | null> {
  const handle = database.openHandle()
  try {
    const replay = readReplayToCompare(handle, replayId)
    if (!replay) return null
    const side = createSideAccumulator(scheme)
    const all = createSideAccumulator(scheme)
    let leftOut = 0
    const joined = new JoinedReplays(handle, replay, replay, null)
    let cases = 0
    try {
      for (const { caseId, candidate } of joined.cases()) {
        if (candidate && leaveOut.size > 0) all.add(candidate)
        if (candidate && leaveOut.has(caseId)) leftOut++
        else if (candidate) side.add(candidate)
        if (++cases % casesPerTurn === 0) await nextTurn()
      }
      return {
        metrics: side.metrics(),
        leftOut: leftOut === 0 ? null : { cases: leftOut, all: all.metrics() },
        totals: joined.totals().candidate,
      }
    } finally {
      joined.close()
    }
  } finally {
    handle.close()
  }
}
