import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { evaluateGate } from '~/domain/gate/evaluate-gate'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { findPolicyProblems } from '~/domain/policy/policy-problems'
import { parsePolicyText } from '~/domain/policy/policy-text'
import { renderComposition } from './composition'
import { rehearseComparison, rehearsePrompts } from './rehearse'
import { evalsFolder, policySlugs, readEvalsFile, readGoldenCases, readGoldenLines, readPolicy, readPrompts, readSuite } from './shipped'
import { findNearDuplicates, quotedIn, wordRuns } from './text-overlap'

const vocabulary = parse(readEvalsFile('tags.yaml')) as { tags: Record<string, string>; techniques: Record<string, string> }

/** Set idioms, trade terms and a spaced-out abbreviation: a policy has to name them as everybody writes them. */
const setTerms = new Set(['friends and family', 'by the gram', 'run it down', 'k y s'])

const idsWhere = (cases: GoldenCase[], isWrong: (golden: GoldenCase) => boolean) => cases.filter(isWrong).map((golden) => golden.id)

it('ships the three policies', () => {
  expect(policySlugs.toSorted()).toEqual(['community-hate', 'game-chat', 'marketplace-fraud'])
})

it('uses every tag and technique that it documents, and no other', () => {
  const cases = policySlugs.flatMap((slug) => readGoldenCases(slug))
  expect([...new Set(cases.flatMap((golden) => golden.tags))].sort()).toEqual(Object.keys(vocabulary.tags).sort())
  expect([...new Set(cases.map((golden) => golden.meta.technique))].sort()).toEqual(Object.keys(vocabulary.techniques).sort())
})

it.each([
  ['community-hate', 'better', 'pass'],
  ['marketplace-fraud', 'inconclusive', 'inconclusive'],
  ['game-chat', 'better', 'fail'],
])('ends the suite of %s as the README says: %s, %s', (slug, verdict, result) => {
  const policy = readPolicy(slug)
  const { baseline, candidate, gate } = readSuite(slug)
  const texts = { baseline: readEvalsFile('suites', baseline), candidate: readEvalsFile('suites', candidate) }
  const comparison = rehearseComparison(texts, readGoldenCases(slug, policy), policy.verdicts)
  expect(comparison.verdict).toBe(verdict)
  const facts = { missing: { baseline: 0, candidate: 0 }, golden: { baselineHash: 'a', candidateHash: 'a' } }
  expect(evaluateGate(gate, comparison, facts).result).toBe(result)
})

describe.each(policySlugs)('%s: policy and golden set', (slug) => {
  const policy = readPolicy(slug)
  const cases = readGoldenCases(slug, policy)
  const ruleIds = policy.verdicts.rules.map((rule) => rule.id)

  it('has a policy with six to nine described rules, costs and a prevalence', () => {
    expect(policy.slug).toBe(slug)
    expect(ruleIds.length).toBeGreaterThanOrEqual(6)
    expect(ruleIds.length).toBeLessThanOrEqual(9)
    expect(policy.verdicts.rules.filter((rule) => !rule.description?.endsWith('.'))).toEqual([])
    expect(policy.verdicts.labels.map((label) => label.kind).sort()).toEqual(['allowed', 'escalate', 'violating'])
    expect(policy.errorCosts.length).toBeGreaterThan(0)
    expect(policy.productionPrevalence).toBeLessThan(0.2)
  })

  it('has at least 120 cases with unique ids, contents and notes', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
    for (const key of ['id', 'content', 'note'] as const) expect(new Set(cases.map((golden) => golden[key])).size).toBe(cases.length)
  })

  it('has no key in its lines that the format does not know', () => {
    const known = new Set(['id', 'content', 'context', 'expected', 'tags', 'note', 'mustPass', 'split', 'meta', 'annotations'])
    const unknown = readGoldenLines(slug).flatMap((line) => Object.keys(JSON.parse(line) as object).filter((key) => !known.has(key)))
    expect(unknown).toEqual([])
  })

  it('says of every case what is expected and why, with rules that exist', () => {
    const appliesSomewhere = (golden: GoldenCase) => Object.values(golden.expected?.rules ?? {}).includes(true)
    const violates = (golden: GoldenCase) => golden.expected?.label === 'violates'
    expect(idsWhere(cases, (golden) => (golden.note?.length ?? 0) < 25)).toEqual([])
    expect(idsWhere(cases, (golden) => Object.keys(golden.expected?.rules ?? {}).some((rule) => !ruleIds.includes(rule)))).toEqual([])
    expect(idsWhere(cases, (golden) => appliesSomewhere(golden) !== violates(golden))).toEqual([])
    expect(idsWhere(cases, (golden) => (golden.expected?.severity !== undefined) !== violates(golden))).toEqual([])
    expect(idsWhere(cases, (golden) => golden.mustPass !== golden.tags.includes('never-regress'))).toEqual([])
    expect(idsWhere(cases, (golden) => !golden.context.surface || !golden.split)).toEqual([])
  })

  it('exercises every rule on both sides', () => {
    const counts = ruleIds.map((rule) => ({
      rule,
      applies: cases.filter((golden) => golden.expected?.rules[rule] === true).length,
      nearMisses: cases.filter((golden) => golden.expected?.rules[rule] === false).length,
    }))
    expect(counts.filter((count) => count.applies < 6 || count.nearMisses < 4)).toEqual([])
  })

  it('keeps its labels in balance', () => {
    const share = (label: string) => cases.filter((golden) => golden.expected?.label === label).length / cases.length
    expect(share('violates')).toBeGreaterThan(0.4)
    expect(share('violates')).toBeLessThan(0.6)
    expect(share('allowed')).toBeGreaterThan(0.35)
    expect(share('escalate')).toBeGreaterThan(0.07)
  })

  it('speaks several languages and says which', () => {
    const locales = [...new Set(cases.map((golden) => golden.context.locale ?? ''))]
    expect(Intl.getCanonicalLocales(locales)).toEqual(locales)
    expect(new Set(locales.map((locale) => new Intl.Locale(locale).language)).size).toBeGreaterThanOrEqual(5)
    expect(idsWhere(cases, (golden) => golden.tags.includes('non-english') === golden.context.locale?.startsWith('en'))).toEqual([])
  })

  it('has annotations by three people, who disagree now and then', () => {
    const annotated = cases.filter((golden) => golden.annotations.length > 0)
    expect(annotated.length).toBeGreaterThanOrEqual(8)
    expect(idsWhere(annotated, (golden) => golden.annotations.map(({ annotator }) => annotator).join() !== 'a1,a2,a3')).toEqual([])
    expect(idsWhere(annotated, (golden) => new Set(golden.annotations.map(({ label }) => label)).size > 1).length).toBeGreaterThanOrEqual(4)
  })

  it('has no near-duplicates', () => {
    expect(findNearDuplicates(cases, 0.6)).toEqual([])
  })

  it('has a datasheet whose counts are those of the file', () => {
    const datasheet = readEvalsFile('golden', slug, 'DATASHEET.md')
    const counted = /<!-- counted from cases\.jsonl -->\n\n([\s\S]*?)\n\n<!-- end of counts -->/.exec(datasheet)?.[1]
    expect(counted).toBe(renderComposition(cases, policy))
    for (const heading of ['Motivation', 'Composition', 'Collection', 'Labelling', 'Uses', 'Limitations', 'Licence', 'Maintenance'])
      expect(datasheet).toContain(`\n## ${heading}\n`)
  })
})

describe.each(policySlugs)('%s: prompt versions and suite', (slug) => {
  const policy = readPolicy(slug)
  const cases = readGoldenCases(slug, policy)
  const ruleIds = policy.verdicts.rules.map((rule) => rule.id)
  const prompts = readPrompts(slug)
  const parsed = prompts.map(({ name, text }) => ({ name, text, policy: parsePolicyText(text) }))

  it('has at least two versions, and says of each what it changed', () => {
    expect(prompts.length).toBeGreaterThanOrEqual(2)
    const listed = parse(readEvalsFile('prompts', slug, 'versions.yaml')) as Array<{ file: string; message: string }>
    expect(listed.map((version) => version.file)).toEqual(prompts.map((prompt) => prompt.name))
  })

  it('defines every rule in every version, with signals and an example on either side', () => {
    for (const version of parsed) {
      expect(version.policy.rules.map((rule) => rule.id)).toEqual(ruleIds)
      const thin = version.policy.rules.filter((rule) => {
        const kinds = new Set(rule.examples.map((example) => example.kind))
        return rule.definition === '' || rule.signals.length < 4 || !kinds.has('violating') || !kinds.has('allowed')
      })
      expect(thin).toEqual([])
    }
  })

  it('has exceptions for every rule from the second version on', () => {
    for (const version of parsed.slice(1)) expect(version.policy.rules.filter((rule) => rule.exceptions.length === 0)).toEqual([])
  })

  it('has nothing in its texts that a reader stumbles over', () => {
    for (const version of parsed) expect(findPolicyProblems(version.policy, version.text, policy.verdicts)).toEqual([])
  })

  it('never quotes a golden case', () => {
    const goldenRuns = new Set(cases.flatMap(({ content }) => wordRuns(content, 3)))
    for (const { text } of prompts) {
      const quoted = quotedIn(text).flatMap((quote) => wordRuns(quote, 3))
      expect(quoted.filter((run) => goldenRuns.has(run) && !setTerms.has(run))).toEqual([])
      const promptRuns = new Set(wordRuns(text, 5))
      expect(idsWhere(cases, ({ content }) => wordRuns(content, 5).some((run) => promptRuns.has(run)))).toEqual([])
    }
  })

  it('rehearses well above chance, each version fixing some cases and breaking others', () => {
    const rightByVersion = rehearsePrompts(prompts, cases, policy.verdicts)
    for (const [version, right] of rightByVersion.entries()) {
      expect(right.length / cases.length).toBeGreaterThan(0.5)
      expect(right.length / cases.length).toBeLessThan(0.9)
      const before = rightByVersion[version - 1] ?? []
      const minimum = version === 0 ? 0 : 2
      expect(right.filter((id) => !before.includes(id)).length).toBeGreaterThanOrEqual(minimum)
      expect(before.filter((id) => !right.includes(id)).length).toBeGreaterThanOrEqual(minimum)
    }
  })

  it('has a suite that is read without a problem, whose paths exist and which needs no key', () => {
    const { policy: policyFile, golden, baseline, candidate, model, gate } = readSuite(slug)
    const folder = dirname(join(evalsFolder, 'suites', `${slug}.yaml`))
    expect([policyFile, golden, baseline, candidate].filter((path) => !existsSync(resolve(folder, path)))).toEqual([])
    expect(model).toMatchObject({ provider: 'touchstone', name: 'rehearsal' })
    expect(gate.mustPass).toEqual({ tag: 'never-regress' })
  })
})
