import type { GoldenCase } from '../domain/golden-set/golden-case'
import type { Probe } from '../domain/probes/probe'
import type { ProbedCase, ProbeFilter, ProbeRunRecord } from '../domain/probes/probe-records'
import type { ProbeSelection } from '../domain/probes/probe-selection'
import type { Robustness } from '../domain/probes/robustness'
import type { ReplayEvent, ReplayProgress } from '../replay/ports'
import type { ReplayEstimate, ReplayRequest } from './workspace-api'

/** Of a replay: its prompt, revision and model, and its verdicts on the unchanged texts. Or of a prompt, as a replay is asked for. */
export type ProbeRequest = { selection: ProbeSelection } & (
  ({ replayId: string } & Pick<ReplayRequest, 'options' | 'author' | 'fresh'>) | Omit<ReplayRequest, 'epochs'>
)

/** A probe run with its figures so far; the body of `touchstone.robustness/1`. */
export type ProbeReport = ProbeRunRecord & { progress: ReplayProgress; robustness: Robustness }

/** Variants of golden cases, kept apart from the golden set and asked by the engine of the replays. */
export interface ProbeService {
  /** Finds the run of the same inputs, unless `fresh`, else makes one with all its probes. Nothing runs yet. */
  prepare(request: ProbeRequest): Promise<{ run: ProbeRunRecord; continued: boolean }>
  /** Calls, tokens, cost and time before anything is asked: of what is left where an unfinished run would be continued. */
  estimate(request: ProbeRequest): Promise<ReplayEstimate>
  /** To the end in this process; a finished run is only reported, as by `report`. */
  run(runId: string, onEvent?: (event: ReplayEvent) => void, signal?: AbortSignal, by?: readonly string[]): Promise<ProbeReport>
  /** In the background. */
  start(runId: string): Promise<void>
  cancel(runId: string): Promise<void>
  /** Continues what a stopped server left unfinished. Called once at server start. */
  resumeUnfinished(): Promise<number>
  get(runId: string): Promise<ProbeRunRecord>
  /** `by`: what the figures are sliced by, rules unless told. */
  report(runId: string, by?: readonly string[]): Promise<ProbeReport>
  /** The newest first; `caseId` keeps the runs that probed this case. */
  list(query?: { policySlug?: string; caseId?: string; limit?: number }): Promise<ProbeRunRecord[]>
  /** `sealedAt` leaves out the cases that are sealed in that revision. */
  cases(
    runId: string,
    query: ProbeFilter & { sealedAt?: number; offset: number; limit: number },
  ): Promise<{ total: number; rows: ProbedCase[] }>
  /** The probes of a selection, in the order of the set, without asking anything. */
  variants(
    slug: string,
    goldenSet: string,
    selection: ProbeSelection,
    revision?: number,
  ): AsyncIterable<{ parent: GoldenCase; revision: number; probe: Probe }>
}
