import type { JudgedSide } from '../../domain/comparison/flips'
import { reduceEpochs, type EpochTrial } from '../../domain/metrics/reduce-epochs'
import { quantile } from '../../domain/statistics/descriptive'
import type { ExpectedVerdict, Outcome, RuleOutcome, Verdict } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'
import { readRules } from './golden-case-rows'

/** What a comparison must know of a replay before it reads a trial. */
export type ReplayToCompare = {
  id: string
  policyId: string
  promptHash: string
  /** Null: a draft that was not made a version. */
  versionNumber: number | null
  goldenSetId: string
  goldenRevision: number
  modelName: string
  modelHash: string
  /** The model and how it is asked, as stored. */
  model: string
  epochs: number
  status: string
  total: number
  resultsVersion: number
  /** Trials that have a result. */
  done: number
}

export function readReplayToCompare(handle: SqliteHandle, replayId: string): ReplayToCompare | null {
  return (
    handle
      .prepare<[string], ReplayToCompare>(
        `SELECT r.id, r.policyId, r.promptHash, v.number AS versionNumber, r.goldenSetId, r.goldenRevision, r.modelName, r.modelHash, r.model, r.epochs,
           r.status, r.total, r.resultsVersion, (SELECT count(*) FROM Trial AS t WHERE t.replayId = r.id) AS done
         FROM Replay AS r LEFT JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash
         WHERE r.id = ?`,
      )
      .get(replayId) ?? null
  )
}

/** What a comparison must know of the policy: JSON as stored. */
export type PolicyToCompare = { scheme: string; errorCosts: string; productionPrevalence: number | null }

export function readPolicyToCompare(handle: SqliteHandle, policyId: string): PolicyToCompare | null {
  return (
    handle.prepare<[string], PolicyToCompare>(`SELECT scheme, errorCosts, productionPrevalence FROM Policy WHERE id = ?`).get(policyId) ??
    null
  )
}

/** The newest other finished replay of the same text, golden set, model and epochs: what it answers differently is noise. */
export function findTwin(handle: SqliteHandle, replay: ReplayToCompare, besides: string): string | null {
  return (
    handle
      .prepare<[object], string>(
        `SELECT id FROM Replay WHERE policyId = @policyId AND promptHash = @promptHash AND goldenSetId = @goldenSetId AND goldenRevision = @goldenRevision
           AND modelHash = @modelHash AND epochs = @epochs AND status = 'finished' AND id NOT IN (@id, @besides)
         ORDER BY createdAt DESC, id DESC LIMIT 1`,
      )
      .pluck()
      .get({ ...pick(replay), besides }) ?? null
  )
}

const pick = ({ id, policyId, promptHash, goldenSetId, goldenRevision, modelHash, epochs }: ReplayToCompare) => ({
  id,
  policyId,
  promptHash,
  goldenSetId,
  goldenRevision,
  modelHash,
  epochs,
})

/** Content and context of every case of the revision that a replay pins, as one text each; null when there are more than `limit`. */
export function readCaseTexts(
  handle: SqliteHandle,
  { goldenSetId, goldenRevision }: ReplayToCompare,
  limit: number,
): Array<{ id: string; text: string }> | null {
  const rows = handle
    .prepare<[object], { id: string; content: string; context: string | null }>(
      `SELECT c.caseId AS id, c.content, c.context FROM GoldenCase AS c WHERE ${stateAt('c', 'candidate')} ORDER BY c.position LIMIT ${limit + 1}`,
    )
    .all({ candidateSet: goldenSetId, candidateRevision: goldenRevision })
  return rows.length > limit
    ? null
    : rows.map(({ id, content, context }) => ({ id, text: context === null ? content : `${content}\n${context}` }))
}

/** Figures of a side that come from its trials rather than its verdicts. */
export type SideTotals = {
  costUsd: number | null
  latencyMs: { p50: number | null; p95: number | null }
  providerModels: string[]
  systemFingerprints: string[]
}

/** Reads one replay's trials in the order of the cases, epochs reduced to one judged side per case. */
class TrialStream {
  private readonly rows: IterableIterator<TrialRow>
  private next: TrialRow | undefined
  private costUsd = 0
  private hasCost = false
  private readonly latencies: number[] = []
  private readonly models = new Set<string>()
  private readonly fingerprints = new Set<string>()

  constructor(
    handle: SqliteHandle,
    replayId: string,
    private readonly intern: Interning,
  ) {
    this.rows = handle
      .prepare<[string], TrialRow>(
        `SELECT caseId, outcome, ruleOutcome, label, rules, latencyMs, cached, costUsd, providerModel, systemFingerprint FROM Trial WHERE replayId = ? ORDER BY caseId, epoch`,
      )
      .raw()
      .iterate(replayId)
    this.next = this.advance()
  }

  /** The side of this case; undefined when it has no trial yet. Cases must be asked for in order. */
  take(caseId: string, expected: ExpectedVerdict | null): JudgedSide | undefined {
    const first = this.next
    if (first === undefined || first[0] !== caseId) return undefined
    this.next = this.advance()
    if (this.next === undefined || this.next[0] !== caseId)
      return {
        expected,
        outcome: first[1],
        ruleOutcome: first[2],
        verdict: this.intern.verdict(first[3], first[4]),
        cached: first[6] === 1,
      }
    const trials: EpochTrial[] = [this.toTrial(first)]
    let cached = first[6] === 1
    while (this.next !== undefined && this.next[0] === caseId) {
      trials.push(this.toTrial(this.next))
      cached ||= this.next[6] === 1
      this.next = this.advance()
    }
    const { outcome, ruleOutcome, verdict } = reduceEpochs(trials)
    const epochs = trials.map((trial) => ({
      answer: trial.verdict?.label ?? trial.outcome,
      right: trial.outcome === 'correct' ? (1 as const) : trial.outcome === 'wrong' ? (0 as const) : null,
    }))
    return { expected, outcome, ruleOutcome, verdict, epochs, cached }
  }

  /** True when every trial was taken: none is of a case that the golden set does not have. */
  get isSpent(): boolean {
    return this.next === undefined
  }

  totals(): SideTotals {
    const ascending = Float64Array.from(this.latencies).sort()
    const at = (share: number) => (ascending.length === 0 ? null : quantile(ascending, share))
    return {
      costUsd: this.hasCost ? this.costUsd : null,
      latencyMs: { p50: at(0.5), p95: at(0.95) },
      providerModels: [...this.models].sort(),
      systemFingerprints: [...this.fingerprints].sort(),
    }
  }

  close(): void {
    this.rows.return?.()
  }

  private advance(): TrialRow | undefined {
    const step = this.rows.next()
    if (step.done) return undefined
    const row = step.value
    if (row[7] !== null) {
      this.costUsd += row[6] === 1 ? 0 : row[7]
      this.hasCost = true
    }
    // What came from the cache was neither paid for again nor waited for.
    if (row[6] === 0 && row[5] !== null) this.latencies.push(row[5])
    if (row[8] !== null) this.models.add(row[8])
    if (row[9] !== null) this.fingerprints.add(row[9])
    return row
  }

  private toTrial(row: TrialRow): EpochTrial {
    const verdict = this.intern.verdict(row[3], row[4])
    return { outcome: row[1], ruleOutcome: row[2], verdict, detail: null }
  }
}

type TrialRow = [
  caseId: string,
  outcome: Outcome,
  ruleOutcome: RuleOutcome,
  label: string | null,
  rules: string | null,
  latencyMs: number | null,
  cached: number,
  costUsd: number | null,
  providerModel: string | null,
  systemFingerprint: string | null,
]

/** Verdicts and expected verdicts repeat by the thousand: each is made once, and equal ones are the same object. */
class Interning {
  private readonly verdicts = new Map<string, Verdict>()
  private readonly expectations = new Map<string, ExpectedVerdict>()

  verdict(label: string | null, rules: string | null): Verdict | null {
    if (label === null) return null
    const key = rules === null || rules === '[]' ? label : `${label}\u0000${rules}`
    let verdict = this.verdicts.get(key)
    if (!verdict) this.verdicts.set(key, (verdict = { label, rules: key === label ? [] : (JSON.parse(rules ?? '[]') as string[]) }))
    return verdict
  }

  expected(label: string | null, rules: string | null, severity: string | null): ExpectedVerdict | null {
    if (rules === null) return null
    const key = `${label}\u0000${rules}\u0000${severity}`
    let expected = this.expectations.get(key)
    if (!expected) this.expectations.set(key, (expected = { label, rules: readRules(rules), ...(severity === null ? {} : { severity }) }))
    return expected
  }
}

/** One case of the pass. A side is null when its revision does not have the case, undefined when the replay has not answered it yet. */
export type JoinedCase = {
  caseId: string
  position: number
  mustPass: boolean
  /** As stored: see facets.ts. */
  facets: string
  baseline: JudgedSide | null | undefined
  candidate: JudgedSide | null | undefined
  /** The content is another in the two revisions. */
  rewritten: boolean
  /** How the twin replay judged it. */
  twin: JudgedSide | null | undefined
}

type CaseRow = [
  caseId: string,
  inBaseline: number,
  baselineLabel: string | null,
  baselineRules: string | null,
  baselineSeverity: string | null,
  inCandidate: number,
  label: string | null,
  rules: string | null,
  severity: string | null,
  mustPass: number,
  facets: string,
  position: number,
  rewritten: number,
]

const stateAt = (alias: string, side: string) =>
  `${alias}.goldenSetId = @${side}Set AND ${alias}.fromRevision <= @${side}Revision AND (${alias}.untilRevision IS NULL OR ${alias}.untilRevision > @${side}Revision)`

const sameRevisionSql = `SELECT c.caseId, 1, c.label, c.rules, c.severity, 1, c.label, c.rules, c.severity, c.mustPass, c.facets, c.position, 0
  FROM GoldenCase AS c WHERE ${stateAt('c', 'candidate')} ORDER BY c.caseId`

const twoRevisionsSql = `WITH ids AS (
    SELECT b.caseId FROM GoldenCase AS b WHERE ${stateAt('b', 'baseline')}
    UNION SELECT c.caseId FROM GoldenCase AS c WHERE ${stateAt('c', 'candidate')})
  SELECT ids.caseId, b.caseId IS NOT NULL, b.label, b.rules, b.severity, c.caseId IS NOT NULL, c.label, c.rules, c.severity,
    coalesce(c.mustPass, b.mustPass), coalesce(c.facets, b.facets), coalesce(c.position, b.position), coalesce(b.content <> c.content, 0)
  FROM ids
  LEFT JOIN GoldenCase AS b ON b.caseId = ids.caseId AND ${stateAt('b', 'baseline')}
  LEFT JOIN GoldenCase AS c ON c.caseId = ids.caseId AND ${stateAt('c', 'candidate')}
  ORDER BY ids.caseId`

/**
 * The cases of two replays side by side, in one pass in the order of their ids: three or four cursors that move together, so that memory
 * does not grow with the cases. The handle must not be written through while the pass is under way. The record is one and the same object
 * each time.
 */
export class JoinedReplays {
  private readonly intern = new Interning()
  private readonly streams: { baseline: TrialStream; candidate: TrialStream; twin: TrialStream | null }

  constructor(
    private readonly handle: SqliteHandle,
    private readonly baseline: ReplayToCompare,
    private readonly candidate: ReplayToCompare,
    /** A replay of the same version as `of`. */
    private readonly twin: { id: string; of: 'baseline' | 'candidate' } | null,
  ) {
    const open = (id: string) => new TrialStream(handle, id, this.intern)
    this.streams = { baseline: open(baseline.id), candidate: open(candidate.id), twin: twin ? open(twin.id) : null }
  }

  *cases(): Generator<JoinedCase> {
    const { baseline, candidate, handle, intern, streams } = this
    const same = baseline.goldenSetId === candidate.goldenSetId && baseline.goldenRevision === candidate.goldenRevision
    const rows = handle
      .prepare<[object], CaseRow>(same ? sameRevisionSql : twoRevisionsSql)
      .raw()
      .iterate({
        candidateSet: candidate.goldenSetId,
        candidateRevision: candidate.goldenRevision,
        ...(same ? {} : { baselineSet: baseline.goldenSetId, baselineRevision: baseline.goldenRevision }),
      })
    const record: JoinedCase = {
      caseId: '',
      position: 0,
      mustPass: false,
      facets: '',
      rewritten: false,
      baseline: null,
      candidate: null,
      twin: null,
    }
    for (const row of rows) {
      const caseId = row[0]
      const expectedBefore = intern.expected(row[2], row[3], row[4])
      const expectedAfter = same ? expectedBefore : intern.expected(row[6], row[7], row[8])
      record.caseId = caseId
      record.mustPass = row[9] === 1
      record.facets = row[10]
      record.position = row[11]
      record.rewritten = row[12] === 1
      record.baseline = row[1] === 1 ? streams.baseline.take(caseId, expectedBefore) : null
      record.candidate = row[5] === 1 ? streams.candidate.take(caseId, expectedAfter) : null
      record.twin = streams.twin === null ? null : streams.twin.take(caseId, this.twin?.of === 'baseline' ? expectedBefore : expectedAfter)
      yield record
    }
    for (const [name, stream] of Object.entries({ baseline: streams.baseline, candidate: streams.candidate }))
      if (!stream.isSpent) throw new Error(`the ${name} replay has trials of cases that its golden-set revision does not have`)
  }

  totals(): { baseline: SideTotals; candidate: SideTotals } {
    return { baseline: this.streams.baseline.totals(), candidate: this.streams.candidate.totals() }
  }

  close(): void {
    this.streams.baseline.close()
    this.streams.candidate.close()
    this.streams.twin?.close()
  }
}
