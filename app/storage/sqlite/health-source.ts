import Database from 'better-sqlite3'
import type { HealthInputs, HealthProgress } from '../../domain/golden-set/health'
import type { DatedPrompt } from '../../domain/golden-set/health-staleness'
import type { CaseToCheck, Vote } from '../../domain/golden-set/health-suspects'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import type { VerdictScheme } from '../../domain/policy/verdict-scheme'
import type { SqliteHandle } from '../database'
import { inRevision, type RevisionKey } from './golden-case-queries'
import { caseSelection, readCase, type CaseStateRow } from './golden-case-rows'

/** What is read from the database; the rules of the policy text are the caller's, who can read policies. */
export type StoredHealthInputs = Omit<HealthInputs, 'policyRules'>

/** A handle for a thread of its own, which only reads. */
export function openReadOnly(file: string): SqliteHandle {
  return new Database(file, { readonly: true, fileMustExist: true })
}

/** A finished replay of a saved version; of the same version and model only the newest. */
export type VotingReplay = {
  id: string
  goldenRevision: number
  number: number
  modelName: string
  resultsVersion: number
  epochs: number
  promptHash: string
}

/** What findings rest on besides the cases of the revision: as long as this text is the same, so are they. */
export function describeHealthInputs(handle: SqliteHandle, key: RevisionKey): string {
  const policyId = policyOf(handle, key)
  const scheme = handle.prepare<[string], string>(`SELECT scheme FROM Policy WHERE id = ?`).pluck().get(policyId)
  const versions = handle
    .prepare<[string], string>(`SELECT number || ':' || textHash FROM PromptVersion WHERE policyId = ? ORDER BY number`)
    .pluck()
    .all(policyId)
  const replays = readVotingReplays(handle, key).map(({ id, resultsVersion }) => `${id}:${resultsVersion}`)
  const adjudications = handle
    .prepare<[string], string>(`SELECT count(*) || ':' || coalesce(max(id), '') FROM Adjudication WHERE goldenSetId = ?`)
    .pluck()
    .get(key.goldenSetId)
  const decisions = handle
    .prepare<[string], string>(
      `SELECT count(*) || ':' || coalesce(max(d.id), '') FROM Decision AS d JOIN Replay AS r ON r.id = d.replayId WHERE r.goldenSetId = ?`,
    )
    .pluck()
    .get(key.goldenSetId)
  return JSON.stringify(['touchstone.health/2', scheme, versions, replays, adjudications, decisions])
}

/** Everything of one revision that its health is judged by. */
export function readHealthInputs(
  handle: SqliteHandle,
  key: RevisionKey,
  onProgress: (progress: HealthProgress) => void = () => {},
): StoredHealthInputs {
  const policyId = policyOf(handle, key)
  const schemeText = handle.prepare<[string], string>(`SELECT scheme FROM Policy WHERE id = ?`).pluck().get(policyId) ?? '{}'
  const cases: GoldenCase[] = []
  const rows = handle
    .prepare<[RevisionKey], CaseStateRow>(`SELECT ${caseSelection} FROM GoldenCase AS g WHERE ${inRevision} ORDER BY g.position`)
    .iterate(key)
  for (const row of rows) {
    cases.push(readCase(row))
    if (cases.length % 5_000 === 0) onProgress({ stage: 'reading', done: cases.length, total: 0 })
  }
  const replays = readVotingReplays(handle, key)
  const severalModels = new Set(replays.map(({ modelName }) => modelName)).size > 1
  const nameOf = ({ number, modelName }: VotingReplay) => `v${number}${severalModels ? ` on ${modelName}` : ''}`
  const votes = new Map<string, Vote[]>()
  for (const replay of replays) addVotes(handle, key, replay, nameOf(replay), votes)
  return {
    scheme: JSON.parse(schemeText) as VerdictScheme,
    cases,
    prompts: handle
      .prepare<[string], DatedPrompt>(
        `SELECT 'v' || v.number AS name, t.text, v.createdAt FROM PromptVersion AS v JOIN PromptText AS t ON t.hash = v.textHash
         WHERE v.policyId = ? ORDER BY v.number`,
      )
      .all(policyId),
    votes,
    versions: [...new Set(replays.map(nameOf))],
    rehearsal: replays.some(({ modelName }) => modelName.startsWith('touchstone:')),
    labelledAt: readLabelTimes(handle, key),
    reviewersDisagree: readReviewersDisagree(handle, key),
    settled: readSettled(handle, key),
  }
}

function policyOf(handle: SqliteHandle, { goldenSetId }: RevisionKey): string {
  return handle.prepare<[string], string>(`SELECT policyId FROM GoldenSet WHERE id = ?`).pluck().get(goldenSetId) ?? ''
}

/** By version. */
export function readVotingReplays(handle: SqliteHandle, { goldenSetId }: Pick<RevisionKey, 'goldenSetId'>): VotingReplay[] {
  const rows = handle
    .prepare<[string], VotingReplay>(
      `SELECT r.id, r.goldenRevision, v.number, r.modelName, r.resultsVersion, r.epochs, r.promptHash FROM Replay AS r
       JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash
       WHERE r.goldenSetId = ? AND r.status = 'finished' ORDER BY v.number, r.modelName, r.createdAt, r.id`,
    )
    .all(goldenSetId)
  return rows.filter((row, index) => row.number !== rows[index + 1]?.number || row.modelName !== rows[index + 1]?.modelName)
}

/** The labels of a replay's trials, but for the cases whose content or context has changed since. */
function addVotes(handle: SqliteHandle, key: RevisionKey, replay: VotingReplay, version: string, votes: Map<string, Vote[]>): void {
  const changed = new Set(
    replay.goldenRevision === key.revision
      ? []
      : handle
          .prepare<[object], string>(
            `SELECT g.caseId FROM GoldenCase AS g JOIN GoldenCase AS o ON o.goldenSetId = g.goldenSetId AND o.caseId = g.caseId
               AND o.fromRevision <= @other AND (o.untilRevision IS NULL OR o.untilRevision > @other)
             WHERE ${inRevision} AND o.contentHash <> g.contentHash`,
          )
          .pluck()
          .all({ ...key, other: replay.goldenRevision }),
  )
  const interned = new Map<string | null, Vote>()
  const trials = handle
    .prepare<[string], { caseId: string; label: string | null }>(
      `SELECT caseId, label FROM Trial WHERE replayId = ? ORDER BY caseId, epoch`,
    )
    .iterate(replay.id)
  for (const { caseId, label } of trials) {
    if (changed.has(caseId)) continue
    let vote = interned.get(label)
    if (!vote) interned.set(label, (vote = { version, label }))
    const given = votes.get(caseId)
    if (given) given.push(vote)
    else votes.set(caseId, [vote])
  }
}

/** When each case of the revision got the verdict that it has: later states that only changed something else do not make it newer. */
function readLabelTimes(handle: SqliteHandle, { goldenSetId, revision }: RevisionKey): Map<string, number> {
  const rows = handle
    .prepare<[string, number], [caseId: string, verdict: string, createdAt: number]>(
      `SELECT caseId, coalesce(label, '') || char(0) || coalesce(rules, '') || char(0) || coalesce(severity, ''), createdAt FROM GoldenCase
       WHERE goldenSetId = ? AND fromRevision <= ? ORDER BY caseId, fromRevision`,
    )
    .raw()
    .iterate(goldenSetId, revision)
  const times = new Map<string, number>()
  let last = ''
  for (const [caseId, verdict, createdAt] of rows) {
    const state = `${caseId}\u0000${verdict}`
    if (state !== last) times.set(caseId, createdAt)
    last = state
  }
  return times
}

/** Cases whose last review says another label than the set expects. */
function readReviewersDisagree(handle: SqliteHandle, key: RevisionKey): CaseToCheck[] {
  return handle
    .prepare<[RevisionKey], { caseId: string; said: string; expected: string; author: string }>(
      `SELECT g.caseId, d.expectedLabel AS said, g.label AS expected, d.author FROM Decision AS d
       JOIN Replay AS r ON r.id = d.replayId AND r.goldenSetId = @goldenSetId
       JOIN GoldenCase AS g ON g.caseId = d.caseId AND ${inRevision}
       WHERE d.expectedLabel IS NOT NULL AND g.label IS NOT NULL AND d.expectedLabel <> g.label
         AND d.id = (SELECT max(l.id) FROM Decision AS l JOIN Replay AS s ON s.id = l.replayId
                     WHERE l.caseId = d.caseId AND s.goldenSetId = @goldenSetId)
       ORDER BY g.position`,
    )
    .all(key)
    .map(({ caseId, said, expected, author }) => ({ caseId, detail: `expected ${expected}; ${author} says ${said}` }))
}

/** Cases that somebody settled and whose verdict has stayed so since. */
function readSettled(handle: SqliteHandle, key: RevisionKey): Set<string> {
  return new Set(
    handle
      .prepare<[RevisionKey], string>(
        `SELECT DISTINCT g.caseId FROM Adjudication AS a JOIN GoldenCase AS g ON g.caseId = a.caseId AND ${inRevision}
         WHERE a.goldenSetId = @goldenSetId AND a.revision <= @revision AND a.label IS g.label`,
      )
      .pluck()
      .all(key),
  )
}
