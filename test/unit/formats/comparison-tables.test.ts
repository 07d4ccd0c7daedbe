import { describe, expect, it } from 'vitest'
import { comparisonTables, writeComparisonTable } from '~/formats/reports/comparison-tables'
import { casesOf, compare } from '../comparison/_support/cases'

describe('tables of a comparison as CSV', () => {
  const comparison = compare(casesOf({ fixed: 3, regressed: 1, stillRight: 30, stillWrong: 6 }))
  const lines = (table: (typeof comparisonTables)[number]) => writeComparisonTable(comparison, table).trimEnd().split('\n')

  it('has a row for each figure, in full precision', () => {
    expect(lines('figures')).toContain(`accuracy,${31 / 40},${33 / 40}`)
    expect(lines('figures')).toContain('unscored.refused,0,0')
  })
  it('adds up over the confusion matrix', () => {
    const [header, ...cells] = lines('confusion').map((line) => line.split(','))
    expect(header).toEqual(['expected', 'answered', 'baseline', 'candidate', 'difference'])
    for (const column of [2, 3]) expect(cells.reduce((sum, cell) => sum + Number(cell[column]), 0)).toBe(40)
  })
  it('has the columns of each table in every row, and runs no formula', () => {
    const hostile = { ...comparison, slices: comparison.slices.map((slice) => ({ ...slice, value: '=HYPERLINK("x")' })) }
    for (const table of comparisonTables) expect(writeComparisonTable(hostile, table)).not.toMatch(/(^|,)"?[=@]/m)
    expect(lines('rules')[0]).toContain('p.adjusted')
    expect(lines('slices').length).toBe(comparison.slices.length + 1)
  })
})
