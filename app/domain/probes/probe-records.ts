import type { CaseContext } from '../golden-set/golden-case'
import type { ExpectedVerdict, Outcome, Verdict } from '../verdict/verdict'
import type { Probe } from './probe'
import type { TransformName } from './transforms'
import type { ProbeSelection } from './probe-selection'
import type { LeftOutReason } from './robustness'

/** What a model said of one text of a probe run; null: it was not asked yet. */
export type ProbeVerdict = { outcome: Outcome; verdict: Verdict | null; detail: string | null }

/** A probe beside its parent, with what the model said of both. */
export type ProbedCase = Omit<Probe, 'epoch'> & {
  parentContent: string
  context: CaseContext
  expected: ExpectedVerdict | null
  before: ProbeVerdict | null
  after: ProbeVerdict | null
}

/** Results that a figure counts: `judged` are all that have a verdict on both sides. `tried` are attacks and look-alikes that were right before. */
export const probeResults = ['moved', 'held', 'judged', 'fromViolating', 'toViolating', 'attackSuccess', 'falseAlarms', 'tried'] as const
export type ProbeResult = (typeof probeResults)[number]

/** Which probes of a run are looked at; null parts and absent ones are no condition. */
export type ProbeFilter = {
  kind?: Probe['kind']
  transform?: Probe['transform']
  result?: ProbeResult
  leftOut?: LeftOutReason
  facet?: { by: string; value: string }
  parentId?: string
}

/** A probe run in figures. Times are milliseconds since the epoch. */
export type ProbeRunRecord = {
  id: string
  policySlug: string
  promptHash: string
  /** Null: a draft that was not made a version. */
  versionNumber: number | null
  goldenSet: string
  goldenRevision: number
  modelName: string
  rehearsal: boolean
  /** The replay whose verdicts stand for the unchanged cases. */
  baseReplayId: string | null
  selection: ProbeSelection
  parents: number
  parentsOf: number
  /** Cases that a transform does not apply to: it leaves their text as it is, or, of a wrapper, nobody said what is right. */
  notAsked: Partial<Record<TransformName, number>>
  status: 'pending' | 'running' | 'paused' | 'cancelled' | 'failed' | 'finished'
  statusReason: string | null
  total: number
  done: number
  author: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  durationMs: number
}
