import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureAgreement, type AnnotatedCase } from '~/domain/golden-set/agreement'
import { cohenKappaOfPairs, collectPatterns, firstCoefficient, fleissKappaOf, nominalAlpha } from '~/domain/golden-set/agreement-patterns'
import { cohenKappa, fleissKappa, gwetAC1, krippendorffAlpha } from '~/domain/statistics'

const annotated = (id: string, labels: Record<string, string | null>, slices: AnnotatedCase['slices'] = []): AnnotatedCase => ({
  id,
  annotations: Object.entries(labels).map(([annotator, label]) => ({ annotator, label, rules: {} })),
  slices,
})
const labels = ['violates', 'allowed']

describe('measureAgreement', () => {
  it('says nothing where nobody shares a case', () => {
    const report = measureAgreement({
      cases: [annotated('1', { ana: 'violates' }), annotated('2', { ben: 'allowed' }), annotated('3', {})],
      labels,
    })
    expect(report).toMatchObject({ annotators: ['ana', 'ben'], annotatedCases: 2, rows: [], humanCeiling: null })
  })

  it('gives kappa of two people, alpha, AC1 and the ceiling with their n', () => {
    const cases = [
      ...Array.from({ length: 20 }, (_, index) => annotated(`a${index}`, { ana: 'violates', ben: 'violates' })),
      ...Array.from({ length: 5 }, (_, index) => annotated(`b${index}`, { ana: 'violates', ben: 'allowed' })),
      ...Array.from({ length: 10 }, (_, index) => annotated(`c${index}`, { ana: 'allowed', ben: 'violates' })),
      ...Array.from({ length: 15 }, (_, index) => annotated(`d${index}`, { ana: 'allowed', ben: 'allowed' })),
    ]
    const report = measureAgreement({ cases, labels })
    const [row] = report.rows
    expect(row).toMatchObject({ by: 'label', cases: 50, ratings: 100, disagreeing: 15 })
    // The textbook table of Cohen's kappa: p_o 0.7, p_e 0.5.
    expect(row?.cohenKappa?.estimate).toBeCloseTo(0.4, 12)
    expect(row?.alpha.lower).toBeLessThan(row?.alpha.estimate ?? -1)
    expect(row?.alpha.upper).toBeGreaterThan(row?.alpha.estimate ?? 2)
    expect(report.humanCeiling).toMatchObject({ estimate: 0.7, predictions: 100, cases: 50 })
    expect(measureAgreement({ cases: cases.toReversed(), labels })).toEqual(report)
  })

  it('takes a rule that an annotator did not answer for missing, and an annotator once a case', () => {
    const cases: AnnotatedCase[] = [
      {
        id: '1',
        slices: [],
        annotations: [
          { annotator: 'ana', label: 'allowed', rules: { H1: true } },
          { annotator: 'ana', label: 'violates', rules: { H1: false } },
          { annotator: 'ben', label: 'violates', rules: { H1: true, H2: true } },
        ],
      },
    ]
    const { rows } = measureAgreement({ cases, labels })
    expect(rows.map(({ by, value, cases: n, disagreeing }) => [by, value, n, disagreeing])).toEqual([
      ['label', '', 1, 0],
      ['rule', 'H1', 1, 1],
    ])
  })

  it('leaves out the annotators whose fellows are divided evenly', () => {
    const report = measureAgreement({ cases: [annotated('1', { a: 'violates', b: 'violates', c: 'allowed' })], labels })
    expect(report.humanCeiling).toMatchObject({ estimate: 0, predictions: 1, cases: 1 })
  })

  it('counts alpha as krippendorffAlpha does, gaps or not', () => {
    const units = fc.array(fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(units, (given) => {
        const patterns = collectPatterns(
          given.map((ratings) => ratings.filter((rating) => rating !== null)),
          3,
        )
        const mine = nominalAlpha(
          patterns,
          patterns.map((pattern) => pattern.units),
        )
        const theirs = krippendorffAlpha({
          ratings: [0, 1, 2, 3].map((rater) => given.map((ratings) => ratings[rater] ?? null)),
          level: 'nominal',
        }).alpha
        if (theirs === null) expect(mine).toBeNull()
        else expect(mine).toBeCloseTo(theirs, 10)
      }),
    )
  })

  it('counts AC1 as gwetAC1 does, single answers included, and Fleiss and Cohen as their references do', () => {
    const category = fc.integer({ min: 0, max: 2 })
    const weightsOf = (patterns: ReturnType<typeof collectPatterns>) => patterns.map(({ units }) => units)
    const same = (mine: number | null, theirs: number | null) =>
      theirs === null ? expect(mine).toBeNull() : expect(mine).toBeCloseTo(theirs, 10)
    fc.assert(
      fc.property(fc.array(fc.array(category, { maxLength: 4 }), { minLength: 1, maxLength: 30 }), (given) => {
        const patterns = collectPatterns(given, 3)
        const ratings = [0, 1, 2, 3].map((place) => given.map((answers) => answers[place] ?? null))
        same(firstCoefficient(patterns, weightsOf(patterns), 3), gwetAC1({ ratings, categories: [0, 1, 2] }).ac1)
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(category, category), { minLength: 1, maxLength: 30 }), (given) => {
        const pairs = collectPatterns(
          given.map(([first, second]) => [first * 3 + second]),
          9,
        )
        const table = [0, 1, 2].map((row) => [0, 1, 2].map((column) => given.filter(([a, b]) => a === row && b === column).length))
        same(cohenKappaOfPairs(pairs, weightsOf(pairs), 3), cohenKappa({ table }).kappa)
        const patterns = collectPatterns(given, 3)
        const counts = given.map((answers) => [0, 1, 2].map((label) => answers.filter((answer) => answer === label).length))
        same(fleissKappaOf(patterns, weightsOf(patterns)), fleissKappa({ counts }).kappa)
      }),
    )
  })

  const file = resolve(import.meta.dirname, '../../../../shared/data/hatecheck/all_annotations.csv')
  it.skipIf(!existsSync(file))('gives the published agreement of HateCheck (skipped where its data are not beside the checkout)', () => {
    const rows = parse<Record<string, string>>(readFileSync(file), { columns: true })
    const cases = rows.map((row): AnnotatedCase => ({
      id: row.case_id ?? '',
      slices: [{ by: 'functionality', value: row.functionality ?? '' }],
      annotations: Array.from({ length: 10 }, (_, index) => row[`label_${index + 1}`]).flatMap((label, index) =>
        label ? [{ annotator: `a${index + 1}`, label, rules: {} }] : [],
      ),
    }))
    const report = measureAgreement({ cases, labels: ['hateful', 'non-hateful'] })
    const [overall] = report.rows
    expect(overall?.fleissKappa?.estimate?.toFixed(4)).toBe('0.9285')
    expect(overall?.alpha.estimate?.toFixed(4)).toBe('0.9285')
    expect(overall).toMatchObject({ by: 'label', cases: 3_901, ratings: 19_505 })
    expect(overall?.alpha.lower).toBeGreaterThan(0.91)
    expect(overall?.alpha.upper).toBeLessThan(0.945)
    expect(report.rows.length).toBeGreaterThan(29)
    expect(report.humanCeiling?.estimate).toBeGreaterThan(0.95)
  })
})
