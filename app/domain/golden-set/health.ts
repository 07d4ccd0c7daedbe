import { positiveLabel, type VerdictScheme } from '../policy/verdict-scheme'
import { measureAgreement, type AgreementReport } from './agreement'
import { findDuplicates, nearDuplicateThreshold } from './duplicates'
import type { GoldenCase } from './golden-case'
import { weighBalance, type BalanceReport } from './health-balance'
import { findStaleLabels, lastRuleChanges, type DatedPrompt } from './health-staleness'
import {
  findAgainstMajority,
  findConfidentErrors,
  findDisagreements,
  judgeByVersions,
  measureDiscordance,
  measureVoteAccuracy,
  type CaseToCheck,
  type VotesByCase,
} from './health-suspects'
import { findLeakage, leakageThreshold } from './leakage'
import { slicesOf } from './slices'

export const findingKinds = [
  'contradictory-duplicates',
  'leaked',
  'duplicates-across-splits',
  'against-majority',
  'annotators-disagree',
  'reviewers-disagree',
  'confident-error',
  'always-wrong',
  'stale-label',
  'exact-duplicates',
  'near-duplicates',
  'unlabelled',
  'always-right',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** One case of one finding. `group` numbers the clusters of a finding about duplicates. */
export type FindingItem = { kind: FindingKind; caseId: string; group: number | null; detail: string }
/** A case of a finding with as much of it as a list shows. */
export type FindingCase = Omit<FindingItem, 'kind'> & {
  content: string
  label: string | null
  tags: string[]
  /** Somebody settled its verdict, and it has stayed so. */
  settled: boolean
}
export type Finding = { kind: FindingKind; cases: number; groups: number | null; settled: number }

export type HealthReport = {
  schema: 'touchstone.health/2'
  caseCount: number
  findings: Finding[]
  /** Cases that are too short to be searched for in the prompts. */
  tooShortToSearch: number
  agreement: AgreementReport
  balance: BalanceReport
  /** Versions whose replays voted, oldest first; the share of votes that are the expected label; whether any came from the rehearsal classifier. */
  votes: { versions: string[]; accuracy: number | null; rehearsal: boolean }
  promptsSearched: string[]
  thresholds: { nearDuplicate: number; leakage: number }
}

/** How a replayed version does over the labelled cases, beside how people do. `lower` and `upper`: 95% Wilson interval. */
export type JudgedVersion = {
  replayId: string
  versionNumber: number
  modelName: string
  rehearsal: boolean
  accuracy: number | null
  lower: number | null
  upper: number | null
  n: number
}

/** What stands on the page of the set itself. */
export type HealthSummary = {
  caseCount: number
  /** Findings with cases that nobody settled, those that make figures wrong first. */
  open: Array<{ kind: FindingKind; cases: number }>
  /** Of these cases, those that make figures wrong. */
  attention: number
  unexercisedRules: number
}

/** A report in short. */
export function summarizeHealth({ caseCount, findings, balance }: HealthReport): HealthSummary {
  const open = findings.map(({ kind, cases, settled }) => ({ kind, cases: cases - settled })).filter(({ cases }) => cases > 0)
  const urgent = open.filter(({ kind }) => urgentKinds.has(kind))
  return {
    caseCount,
    open: [...urgent, ...open.filter(({ kind }) => !urgentKinds.has(kind))],
    attention: urgent.reduce((sum, { cases }) => sum + cases, 0),
    unexercisedRules: balance.rules.unexercised.length,
  }
}

export type HealthInputs = {
  scheme: VerdictScheme
  cases: readonly GoldenCase[]
  /** Rules of the newest prompt version's text, besides those of the scheme. */
  policyRules: readonly string[]
  /** Versions, oldest first. */
  prompts: readonly DatedPrompt[]
  votes: VotesByCase
  versions: readonly string[]
  rehearsal: boolean
  /** When each case got its present verdict, milliseconds since the epoch. */
  labelledAt: ReadonlyMap<string, number>
  /** Cases where reviewers sided with a model against the expected verdict. */
  reviewersDisagree: readonly CaseToCheck[]
  /** Cases whose verdict was settled by adjudication: suspicion about their label is answered. */
  settled: ReadonlySet<string>
}

/** What is under way, and how far: done of total, in steps of that stage. */
export type HealthProgress = { stage: 'reading' | 'duplicates' | 'leakage' | 'labels'; done: number; total: number }

/** Findings that adjudication answers. */
export const adjudicatedKinds: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'contradictory-duplicates',
  'against-majority',
  'annotators-disagree',
  'reviewers-disagree',
  'confident-error',
  'always-wrong',
  'stale-label',
])

/** Findings that make figures wrong as long as they stand. The others are worth a look, or good to know. */
export const urgentKinds: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'contradictory-duplicates',
  'leaked',
  'duplicates-across-splits',
  'against-majority',
  'reviewers-disagree',
])

/**
 * All that can be said of a golden set without knowing the truth. It only points: no label is ever changed by it. The same inputs give the
 * same report.
 */
export function examineGoldenSet(
  inputs: HealthInputs,
  onProgress: (progress: HealthProgress) => void = () => {},
): { report: HealthReport; items: FindingItem[] } {
  const { scheme, cases, prompts, votes, settled } = inputs
  const items: FindingItem[] = []
  const groupCounts = new Map<FindingKind, number>()
  const addCases = (kind: FindingKind, found: readonly CaseToCheck[]) => {
    for (const { caseId, detail } of found) items.push({ kind, caseId, group: null, detail })
  }
  const addGroup = (kind: FindingKind, caseIds: readonly string[], detail = '') => {
    const group = (groupCounts.get(kind) ?? 0) + 1
    groupCounts.set(kind, group)
    for (const caseId of caseIds) items.push({ kind, caseId, group, detail })
  }

  onProgress({ stage: 'duplicates', done: 0, total: cases.length })
  const clusters = findDuplicates(
    cases.map(({ id, content, context, expected, split }) => ({ id, content, parents: context.parents, expected, split })),
    { onProgress: (done, total) => onProgress({ stage: 'duplicates', done, total }) },
  )
  for (const cluster of clusters) {
    for (const form of cluster.forms) if (form.length > 1) addGroup('exact-duplicates', form)
    if (cluster.kind === 'near') addGroup('near-duplicates', cluster.caseIds)
    if (cluster.contradictory.length > 0) addGroup('contradictory-duplicates', cluster.contradictory)
    if (cluster.splits.length > 0) addGroup('duplicates-across-splits', cluster.caseIds, cluster.splits.join(' and '))
  }

  onProgress({ stage: 'leakage', done: 0, total: cases.length })
  const { leaked, tooShort } = findLeakage(cases, prompts)
  addCases(
    'leaked',
    leaked.map(({ caseId, prompts: names }) => ({ caseId, detail: `quoted in ${names.join(', ')}` })),
  )

  onProgress({ stage: 'labels', done: 0, total: cases.length })
  const labels = scheme.labels.map(({ id }) => id)
  const history = judgeByVersions(cases, votes)
  addCases('annotators-disagree', findDisagreements(cases))
  addCases('against-majority', findAgainstMajority(cases))
  addCases('reviewers-disagree', inputs.reviewersDisagree)
  addCases('confident-error', findConfidentErrors(cases, votes, labels))
  addCases('always-wrong', history.alwaysWrong)
  addCases('always-right', history.alwaysRight)
  addCases('stale-label', findStaleLabels(cases, inputs.labelledAt, lastRuleChanges(prompts)))
  addCases(
    'unlabelled',
    cases.filter(({ expected }) => expected === null || expected.label === null).map(({ id }) => ({ caseId: id, detail: '' })),
  )

  const findings = findingKinds.map((kind): Finding => {
    const ids = new Set(items.filter((item) => item.kind === kind).map(({ caseId }) => caseId))
    const answered = adjudicatedKinds.has(kind) ? [...ids].filter((id) => settled.has(id)).length : 0
    return { kind, cases: ids.size, groups: groupCounts.get(kind) ?? null, settled: answered }
  })
  return {
    items,
    report: {
      schema: 'touchstone.health/2',
      caseCount: cases.length,
      findings,
      tooShortToSearch: prompts.length > 0 ? tooShort : 0,
      agreement: measureAgreement({
        cases: cases
          .filter(({ annotations }) => annotations.length > 0)
          .map((golden) => ({ id: golden.id, annotations: golden.annotations, slices: slicesOf(golden) })),
        labels,
      }),
      balance: weighBalance(cases, {
        positiveLabel: positiveLabel(scheme),
        ruleIds: [...new Set([...scheme.rules.map(({ id }) => id), ...inputs.policyRules])],
        discordance: measureDiscordance(votes, inputs.versions),
      }),
      votes: { versions: [...inputs.versions], accuracy: measureVoteAccuracy(cases, votes), rehearsal: inputs.rehearsal },
      promptsSearched: prompts.map(({ name }) => name),
      thresholds: { nearDuplicate: nearDuplicateThreshold, leakage: leakageThreshold },
    },
  }
}
