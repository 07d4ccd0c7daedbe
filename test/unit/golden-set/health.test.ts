import { describe, expect, it } from 'vitest'
import { examineGoldenSet, type FindingKind, type HealthInputs } from '~/domain/golden-set/health'
import { weighBalance } from '~/domain/golden-set/health-balance'
import { findStaleLabels, lastRuleChanges } from '~/domain/golden-set/health-staleness'
import { findConfidentErrors, judgeByVersions, measureDiscordance, type Vote } from '~/domain/golden-set/health-suspects'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { goldenCase, goldenCases } from '../../support/golden-cases'

const allowed = { label: 'allowed', rules: {} }
const violates = { label: 'violates', rules: {} }
const votes = (labels: Record<string, string | null>): Vote[] => Object.entries(labels).map(([version, label]) => ({ version, label }))
const inputs = (changes: Partial<HealthInputs>): HealthInputs => ({
  scheme: defaultVerdictScheme,
  cases: [],
  policyRules: [],
  prompts: [],
  votes: new Map(),
  versions: [],
  rehearsal: false,
  labelledAt: new Map(),
  reviewersDisagree: [],
  settled: new Set(),
  ...changes,
})

describe('examineGoldenSet', () => {
  const idsOf = (changes: Partial<HealthInputs>, kind: FindingKind) =>
    examineGoldenSet(inputs(changes))
      .items.filter((item) => item.kind === kind)
      .map(({ caseId }) => caseId)

  it('finds nothing in an empty set, and has figures for it all the same', () => {
    const { report, items } = examineGoldenSet(inputs({}))
    expect(items).toEqual([])
    expect(report.findings.every(({ cases }) => cases === 0)).toBe(true)
    expect(report).toMatchObject({ caseCount: 0, agreement: { rows: [], humanCeiling: null }, votes: { accuracy: null } })
  })

  it('points to duplicates across splits, quoted and unlabelled cases', () => {
    const cases = [
      goldenCase({ id: '1', content: 'Nobody wants you around here', split: 'train' }),
      goldenCase({ id: '2', content: 'nobody wants you  around here', split: 'holdout' }),
      goldenCase({ id: '3', content: 'A sentence of its own', expected: null }),
    ]
    const prompts = [{ name: 'v1', text: 'H1. For example “nobody wants you around here!”', createdAt: 1 }]
    expect(idsOf({ cases, prompts }, 'duplicates-across-splits')).toEqual(['1', '2'])
    expect(idsOf({ cases, prompts }, 'leaked')).toEqual(['1', '2'])
    expect(idsOf({ cases, prompts }, 'unlabelled')).toEqual(['3'])
  })

  it('counts a settled case of a finding that adjudication answers, and of no other', () => {
    const annotations = [
      { annotator: 'ana', label: 'allowed', rules: {} },
      { annotator: 'ben', label: 'allowed', rules: {} },
      { annotator: 'cleo', label: 'violates', rules: {} },
    ]
    const cases = [goldenCase({ id: '1', content: 'twice', annotations }), goldenCase({ id: '2', content: 'twice', annotations: [] })]
    const { report, items } = examineGoldenSet(inputs({ cases, settled: new Set(['1']) }))
    const finding = (kind: FindingKind) => report.findings.find((candidate) => candidate.kind === kind)
    expect(finding('annotators-disagree')).toEqual({ kind: 'annotators-disagree', cases: 1, groups: null, settled: 1 })
    expect(finding('exact-duplicates')).toEqual({ kind: 'exact-duplicates', cases: 2, groups: 1, settled: 0 })
    expect(items.find(({ kind }) => kind === 'against-majority')?.detail).toBe('expected violates; 2 allowed, 1 violates of 3 annotators')
  })

  it('gives the same report for the same inputs', () => {
    const cases = goldenCases(40, (index) => ({ annotations: [{ annotator: 'a', label: index % 2 ? 'allowed' : 'violates', rules: {} }] }))
    expect(examineGoldenSet(inputs({ cases }))).toEqual(examineGoldenSet(inputs({ cases })))
  })
})

describe('suspect labels', () => {
  it('judges a case by versions only where two have a verdict', () => {
    const cases = ['1', '2', '3', '4'].map((id) => goldenCase({ id, expected: violates }))
    const given = new Map([
      ['1', votes({ v1: 'allowed', v2: 'escalate' })],
      ['2', votes({ v1: 'violates', v2: 'violates' })],
      ['3', votes({ v1: 'violates', v2: 'violates', v3: null })],
      ['4', votes({ v1: 'allowed', v2: null })],
    ])
    expect(judgeByVersions(cases, given)).toEqual({
      alwaysWrong: [{ caseId: '1', detail: 'expected violates; v1: allowed; v2: escalate' }],
      alwaysRight: [{ caseId: '2', detail: '2 versions' }],
    })
  })

  it('finds the label that the versions contradict more surely than usual', () => {
    const cases = goldenCases(30, (index) => ({ expected: index < 15 ? violates : allowed }))
    const given = new Map(
      cases.map(({ id, expected }, index) => {
        const right = expected?.label ?? ''
        // The first is labelled against all versions; one version is wrong now and then.
        return [id, index === 0 ? votes({ v1: 'allowed', v2: 'allowed' }) : votes({ v1: right, v2: index % 7 === 3 ? 'escalate' : right })]
      }),
    )
    const labels = defaultVerdictScheme.labels.map(({ id }) => id)
    expect(findConfidentErrors(cases, given, labels)).toEqual([
      { caseId: 'case-1', detail: 'expected violates; 100% of the votes say allowed: v1: allowed; v2: allowed' },
    ])
    expect(findConfidentErrors(cases, new Map(), labels)).toEqual([])
  })

  it('measures on how many cases the last two versions differ', () => {
    const given = new Map([
      ['1', votes({ v1: 'allowed', v2: 'violates', v3: 'violates' })],
      ['2', votes({ v2: 'violates', v3: 'allowed' })],
      ['3', votes({ v2: 'violates', v3: null })],
    ])
    expect(measureDiscordance(given, ['v1', 'v2', 'v3'])).toBe(0.5)
    expect(measureDiscordance(given, ['v1'])).toBeNull()
  })
})

describe('weighBalance', () => {
  it('counts both sides of rules and slices, and names the rules that nothing exercises', () => {
    const cases = [
      goldenCase({ id: '1', expected: { label: 'violates', rules: { H1: true, H2: false } }, tags: ['irony'] }),
      goldenCase({ id: '2', expected: allowed, tags: ['irony'], context: { parents: [], locale: 'de' } }),
      goldenCase({ id: '3', expected: null, tags: ['irony'] }),
    ]
    const { rows, rules } = weighBalance(cases, { positiveLabel: 'violates', ruleIds: ['H1', 'H2', 'H3'], discordance: null })
    const row = (by: string, value: string) => rows.find((candidate) => candidate.by === by && candidate.value === value)
    expect(row('tag', 'irony')).toMatchObject({ cases: 3, violating: 1, notViolating: 1, undecided: 1 })
    expect(row('rule', 'H2')).toMatchObject({ cases: 1, violating: 0, notViolating: 1 })
    expect(row('locale', 'de')).toMatchObject({ cases: 1 })
    expect(rules).toEqual({ unexercised: ['H2', 'H3'], oneSided: ['H1'] })
  })

  it('says what shift a slice can show, with the discordance it rests on', () => {
    const cases = goldenCases(400)
    const weigh = (discordance: number | null) => weighBalance(cases, { positiveLabel: 'violates', ruleIds: [], discordance })
    expect(weigh(0.2)).toMatchObject({ discordance: 0.2, discordanceMeasured: true })
    expect(weigh(0)).toMatchObject({ discordance: 0.1, discordanceMeasured: false })
    const [largest] = weigh(0.2).rows
    expect(largest?.cases).toBe(267)
    // Miettinen's equation: about (1.96 √ψ + 0.84 √(ψ − d²)) / √n.
    expect(largest?.detectableShift).toBeGreaterThan(0.07)
    expect(largest?.detectableShift).toBeLessThan(0.085)
  })
})

describe('stale labels', () => {
  const rule = (words: string) => `## Rules\n\n### H1 — Insults\n${words}\n\n### H2 — Threats\nThreats of harm.\n`
  const versions = [
    { name: 'v1', text: rule('No insults.'), createdAt: 100 },
    { name: 'v2', text: rule('No insults, in no language.'), createdAt: 200 },
    { name: 'v3', text: rule('No insults, in no language.'), createdAt: 300 },
  ]

  it('knows the last version that changed what a rule says', () => {
    expect([...lastRuleChanges(versions)]).toEqual([['H1', { changedAt: 200, version: 'v2' }]])
  })

  it('names the cases whose verdict is older than the rule it cites', () => {
    const cases = [
      goldenCase({ id: 'old', expected: { label: 'violates', rules: { H1: true } } }),
      goldenCase({ id: 'new', expected: { label: 'violates', rules: { H1: true } } }),
      goldenCase({ id: 'other', expected: { label: 'violates', rules: { H2: true } } }),
    ]
    const labelledAt = new Map([
      ['old', 150],
      ['new', 250],
      ['other', 150],
    ])
    expect(findStaleLabels(cases, labelledAt, lastRuleChanges(versions))).toEqual([{ caseId: 'old', detail: 'H1 changed in v2' }])
  })
})
