import { confidentLearning } from '../statistics/confident-learning'
import type { Annotation, GoldenCase } from './golden-case'

/** What one prompt version said of a case in one trial; a null label is an answer without a verdict. */
export type Vote = { version: string; label: string | null }
export type VotesByCase = ReadonlyMap<string, readonly Vote[]>

/** A case to look at again, and why in a few words. */
export type CaseToCheck = { caseId: string; detail: string }

/** Fewer versions than this prove nothing about a case. */
const leastVersions = 2

/** Cases whose annotators gave different labels, the most divided first. */
export function findDisagreements(cases: Iterable<GoldenCase>): CaseToCheck[] {
  const found: Array<CaseToCheck & { share: number }> = []
  for (const { id, annotations } of cases) {
    const tally = tallyLabels(annotations)
    const [first, second] = tally.entries
    if (!first || !second) continue
    found.push({ caseId: id, detail: describeTally(tally), share: first[1] / tally.total })
  }
  return found.sort((a, b) => a.share - b.share).map(({ caseId, detail }) => ({ caseId, detail }))
}

/** Cases whose expected label is not the one that most of their annotators gave. */
export function findAgainstMajority(cases: Iterable<GoldenCase>): CaseToCheck[] {
  const found: CaseToCheck[] = []
  for (const { id, annotations, expected } of cases) {
    if (!expected || expected.label === null) continue
    const tally = tallyLabels(annotations)
    const [first, second] = tally.entries
    if (!first || first[1] === second?.[1] || first[0] === expected.label) continue
    found.push({ caseId: id, detail: `expected ${expected.label}; ${describeTally(tally)}` })
  }
  return found
}

type Tally = { total: number; entries: Array<[label: string, count: number]> }

/** The last label of each annotator, the most frequent first. */
function tallyLabels(annotations: readonly Annotation[]): Tally {
  const counts = new Map<string, number>()
  const last = new Map(annotations.map(({ annotator, label }) => [annotator, label]))
  for (const label of last.values()) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1)
  const entries = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return { total: entries.reduce((sum, [, count]) => sum + count, 0), entries }
}

const describeTally = ({ total, entries }: Tally) =>
  `${entries.map(([label, count]) => `${count} ${label}`).join(', ')} of ${total} ${total === 1 ? 'annotator' : 'annotators'}`

/** More voters are counted, not named. */
const namedVoters = 8

/** What each version (and model, and epoch) said: `v1: violates, v2: violates ×2, allowed`. */
function describeVotes(votes: readonly Vote[]): string {
  const byVersion = new Map<string, Map<string, number>>()
  for (const { version, label } of votes) {
    const counts = byVersion.get(version) ?? new Map<string, number>()
    counts.set(label ?? 'no verdict', (counts.get(label ?? 'no verdict') ?? 0) + 1)
    byVersion.set(version, counts)
  }
  const voters = [...byVersion].map(
    ([version, counts]) => `${version}: ${[...counts].map(([label, count]) => (count > 1 ? `${label} ×${count}` : label)).join(', ')}`,
  )
  const more = voters.length - namedVoters
  return `${voters.slice(0, namedVoters).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

export type VersionHistory = { alwaysWrong: CaseToCheck[]; alwaysRight: CaseToCheck[] }

/** Labelled cases that every version, of at least two, had wrong; and those that every answer of each had right. Trials without a verdict count for neither side, and keep a case from being always right. */
export function judgeByVersions(cases: Iterable<GoldenCase>, votes: VotesByCase): VersionHistory {
  const history: VersionHistory = { alwaysWrong: [], alwaysRight: [] }
  for (const { id, expected } of cases) {
    const label = expected?.label ?? null
    const given = votes.get(id) ?? []
    const scored = given.filter((vote) => vote.label !== null)
    const versions = new Set(scored.map((vote) => vote.version)).size
    if (label === null || versions < leastVersions) continue
    const right = scored.filter((vote) => vote.label === label).length
    if (right === given.length) history.alwaysRight.push({ caseId: id, detail: `${versions} versions` })
    if (right === 0) {
      history.alwaysWrong.push({ caseId: id, detail: `expected ${label}; ${describeVotes(given)}` })
    }
  }
  return history
}

/**
 * Labels that the versions together contradict with confidence (confident learning, Northcutt et al. 2021): a case's probabilities are its
 * vote shares, each version counting alike. Only cases that two versions or more have judged. The likeliest errors first.
 */
export function findConfidentErrors(cases: Iterable<GoldenCase>, votes: VotesByCase, labels: readonly string[]): CaseToCheck[] {
  const classes = new Map(labels.map((label, index) => [label, index]))
  const judged: Array<{ caseId: string; label: number; shares: number[] }> = []
  for (const { id, expected } of cases) {
    const label = classes.get(expected?.label ?? '')
    const shares = label === undefined ? null : voteShares(votes.get(id) ?? [], classes)
    if (label !== undefined && shares) judged.push({ caseId: id, label, shares })
  }
  if (judged.length === 0) return []
  const { offDiagonal, normalizedMargin } = confidentLearning({
    labels: judged.map(({ label }) => label),
    probs: judged.map(({ shares }) => shares),
  })
  return offDiagonal
    .sort((a, b) => (normalizedMargin[a] ?? 0) - (normalizedMargin[b] ?? 0) || a - b)
    .flatMap((index): CaseToCheck[] => {
      const entry = judged[index]
      if (!entry) return []
      const likeliest = entry.shares.indexOf(Math.max(...entry.shares))
      const percent = Math.round((entry.shares[likeliest] ?? 0) * 100)
      return [
        {
          caseId: entry.caseId,
          detail: `expected ${labels[entry.label] ?? ''}; ${percent}% of the votes say ${labels[likeliest] ?? ''}: ${describeVotes(votes.get(entry.caseId) ?? [])}`,
        },
      ]
    })
}

/** The mean over versions of each label's share of the version's votes; null below two versions. */
function voteShares(votes: readonly Vote[], classes: ReadonlyMap<string, number>): number[] | null {
  const byVersion = new Map<string, number[]>()
  for (const { version, label } of votes) {
    const position = label === null ? undefined : classes.get(label)
    if (position === undefined) continue
    const counts = byVersion.get(version) ?? Array.from({ length: classes.size }, () => 0)
    counts[position] = (counts[position] ?? 0) + 1
    byVersion.set(version, counts)
  }
  if (byVersion.size < leastVersions) return null
  const shares = Array.from({ length: classes.size }, () => 0)
  for (const counts of byVersion.values()) {
    const total = counts.reduce((sum, count) => sum + count, 0)
    for (const [position, count] of counts.entries()) shares[position] = (shares[position] ?? 0) + count / total / byVersion.size
  }
  // Rounding may leave a hair above 1, which is no probability.
  return shares.map((share) => Math.min(1, share))
}

/** The share of cases on which the last two versions with votes differ: how many discordant cases a comparison can expect. Null: fewer than two versions. */
export function measureDiscordance(votes: VotesByCase, versions: readonly string[]): number | null {
  const [before, after] = versions.slice(-2)
  if (before === undefined || after === undefined) return null
  let shared = 0
  let different = 0
  for (const given of votes.values()) {
    const one = given.find((vote) => vote.version === before && vote.label !== null)
    const other = given.find((vote) => vote.version === after && vote.label !== null)
    if (!one || !other) continue
    shared += 1
    if (one.label !== other.label) different += 1
  }
  return shared === 0 ? null : different / shared
}

/** The share of votes with a verdict that are the expected label: how far the voters are to be trusted. Null: no votes on labelled cases. */
export function measureVoteAccuracy(cases: Iterable<GoldenCase>, votes: VotesByCase): number | null {
  let scored = 0
  let right = 0
  for (const { id, expected } of cases) {
    if (!expected || expected.label === null) continue
    for (const { label } of votes.get(id) ?? []) {
      if (label === null) continue
      scored += 1
      if (label === expected.label) right += 1
    }
  }
  return scored === 0 ? null : right / scored
}
