import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyMapping, type CaseMapping } from '~/domain/golden-set/case-mapping'
import { formatSavedMapping, parseSavedMapping } from '~/domain/golden-set/saved-mapping'

const column = fc.string({ minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,8}$/)
const dictionary = (key: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true })
const mapping: fc.Arbitrary<CaseMapping> = fc
  .record(
    {
      content: column,
      id: column,
      expected: column,
      annotator: column,
      locale: column,
      tags: fc.array(column, { maxLength: 3 }),
      ruleColumns: dictionary(name, column),
      annotations: dictionary(name, column),
      labels: dictionary(fc.string({ maxLength: 8 }), fc.constantFrom('violates', '')),
      positive: fc.array(fc.constantFrom('>=0.5', 'hateful', '1'), { maxLength: 2 }),
      guessLabels: fc.boolean(),
    },
    { requiredKeys: ['content', 'guessLabels'] },
  )
  .map((parts) => ({ ...emptyMapping, ...parts }))

describe('a saved mapping', () => {
  it('is read as it was written, whatever the columns are called', () => {
    fc.assert(
      fc.property(mapping, fc.option(fc.constantFrom('none', 'hatecheck'), { nil: undefined }), (written, preset) => {
        const saved = { ...(preset === undefined ? {} : { preset }), mapping: written, reading: { delimiter: ';', headerRow: 3 } }
        expect(parseSavedMapping(formatSavedMapping(saved), 'm.yaml')).toMatchObject({ ok: true, value: saved })
      }),
      { numRuns: 200 },
    )
  })

  it('says with its lines what is wrong', () => {
    const reading = parseSavedMapping('schema: touchstone.mapping/1\ncolumns:\n  contents: Text\nlabel: {}\n', 'm.yaml')
    expect(reading).toMatchObject({ ok: false, problems: [{ file: 'm.yaml', line: 4 }] })
    const targets = parseSavedMapping('schema: touchstone.mapping/1\ncolumns:\n  contents: Text\n', 'm.yaml')
    expect(targets).toMatchObject({
      ok: false,
      problems: [{ line: 2, message: expect.stringContaining('"contents" is not a part of a case') }],
    })
  })

  it('may be JSON', () => {
    const reading = parseSavedMapping('{"schema":"touchstone.mapping/1","columns":{"content":"Text","tags":["a","b"]}}', 'm.json')
    expect(reading).toMatchObject({ ok: true, value: { mapping: { content: 'Text', tags: ['a', 'b'] } } })
  })
})
