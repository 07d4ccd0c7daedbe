import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ContrastPair } from '~/domain/probes/contrast-pairs'
import type { ProbedCase, ProbeRunRecord } from '~/domain/probes/probe-records'
import type { Robustness } from '~/domain/probes/robustness'

/** What the pages about probes show. */

type PolicyName = { slug: string; name: string }

export type ProbesView = {
  policy: PolicyName
  scheme: VerdictScheme
  runs: ProbeRunRecord[]
  /** Contrast pairs that wait for a person. */
  waiting: ContrastPair[]
  /** The newest first. */
  versions: Array<{ number: number; message: string; labels: string[] }>
  goldenSets: Array<{ name: string; caseCount: number }>
  /** What a run is asked of, `provider:name`. */
  model: string
  /** Of the bundled classifier, which costs nothing. */
  rehearsal: boolean
}

export type ProbeRunView = {
  policy: PolicyName
  report: ProbeRunRecord & { robustness: Robustness; progress: { calls: number; cached: number; costUsd: number | null } }
}

export type CaseProbes = { run: ProbeRunRecord | null; rows: ProbedCase[]; pairs: ContrastPair[] }
