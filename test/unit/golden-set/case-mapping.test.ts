import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completeMapping, emptyMapping, findColumn, formatMapping, parseMapping } from '~/domain/golden-set/case-mapping'
import { lookUpScheme } from '~/domain/golden-set/label-lookup'
import { mapRows, splitList } from '~/domain/golden-set/map-row'
import { ProblemList, quoteValue, rowProblem } from '~/domain/golden-set/problems'
import { defaultVerdictScheme, type VerdictScheme } from '~/domain/policy/verdict-scheme'

const scheme: VerdictScheme = { ...defaultVerdictScheme, rules: [{ id: 'H2', name: 'Dehumanising' }], severities: ['low', 'high'] }

describe('--map entries', () => {
  it('are read, and written back the same', () => {
    const entries = [
      'id=case_id',
      'content=a=b',
      'expected=gold',
      'context.locale=lang',
      'tags=t1',
      'tags=t2',
      'context.parents=p',
      'ignore=x',
      'rule.H2=h2',
      'rule.SP2.a=sp',
    ]
    const { mapping, errors } = parseMapping(entries)
    expect(errors).toEqual([])
    expect(mapping).toMatchObject({
      id: 'case_id',
      content: 'a=b',
      locale: 'lang',
      tags: ['t1', 't2'],
      ruleColumns: { H2: 'h2', 'SP2.a': 'sp' },
    })
    expect(new Set(formatMapping(mapping))).toEqual(new Set(entries))
  })

  it('that cannot be meant are named, all at once', () => {
    const { errors } = parseMapping(['content', '=x', 'contents=x', 'id=a', 'id=b', 'rule.=x'], { labels: ['toxic'] })
    expect(errors).toEqual([
      '--map "content" is not of the form TARGET=COLUMN',
      '--map "=x" is not of the form TARGET=COLUMN',
      expect.stringContaining('--map "contents" is not a part of a case; use one of id, content'),
      '--map id is given twice: "a" and "b"',
      expect.stringContaining('--map "rule." is not a part of a case'),
      '--label "toxic" is not of the form VALUE=LABEL',
    ])
  })

  it('never throw, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (entries, labels) =>
        parseMapping(entries, { labels }).errors.every((error) => error.length > 0),
      ),
    )
  })

  it('are completed by columns of our own names that are not used otherwise', () => {
    const mapping = completeMapping({ ...emptyMapping, content: 'note' }, [
      'id',
      'note',
      'expected.label',
      'expected.rules.H2',
      'rule.S1',
      'tags',
      'other',
    ])
    expect(mapping).toMatchObject({
      id: 'id',
      content: 'note',
      expected: 'expected.label',
      tags: ['tags'],
      ruleColumns: { H2: 'expected.rules.H2', S1: 'rule.S1' },
    })
    expect(mapping.note).toBeUndefined()
  })

  it('find a column exactly, else whatever its case', () => {
    expect(findColumn(['text', 'Text'], 'Text')).toBe(1)
    expect(findColumn([' TEXT '], 'text')).toBe(0)
    expect(findColumn(['a'], 'b')).toBe(-1)
  })
})

describe('labels of a file', () => {
  it('are found by id or name; stated values go first; with a positive value the rest is allowed', () => {
    const plain = lookUpScheme(scheme)
    expect([' VIOLATES ', 'Allowed', 'escalate', 'spam'].map((text) => plain.label(text))).toEqual([
      'violates',
      'allowed',
      'escalate',
      null,
    ])
    const stated = lookUpScheme(scheme, { positive: ['1'], labels: { maybe: 'Escalate', '2': 'nonsense' } })
    expect(['1', '0', 'maybe', '2'].map((text) => stated.label(text))).toEqual(['violates', 'allowed', 'escalate', null])
    expect(stated.missedPositive()).toBeNull()
    expect(plain.rule('dehumanising')).toBe('H2')
  })

  it('do not reach into the prototype of anything', () => {
    for (const text of ['__proto__', 'constructor', 'toString'])
      expect(lookUpScheme(scheme, { positive: [], labels: {} }).label(text)).toBeNull()
  })
})

describe('rows', () => {
  const read = (columns: string[], values: unknown[], entries: string[]) =>
    mapRows(columns, parseMapping(entries).mapping, scheme).read(values)

  it('give all their problems at once', () => {
    const reading = read(
      ['id', 'text', 'gold', 'sev', 'h2'],
      ['', ' ', 'bad', 'huge', '?'],
      ['content=text', 'expected=gold', 'severity=sev', 'rule.H2=h2'],
    )
    expect(reading).toMatchObject({
      ok: false,
      problems: [{ message: 'has no id' }, { message: 'has no content' }, { value: 'bad' }, { value: '?' }, { value: 'huge' }],
    })
  })

  it('take lists, flags and context as people write them', () => {
    const columns = ['id', 'content', 'tags', 'mustPass', 'parents', 'rules', 'meta.x', 'n']
    const values = ['1', 'c', 'a; b;', 'TRUE', '["one","two"]', '{"H2":false}', 'y', 5]
    expect(read(columns, values, ['context.parents=parents'])).toEqual({
      ok: true,
      case: {
        id: '1',
        content: 'c',
        context: { parents: ['one', 'two'] },
        expected: { label: null, rules: { H2: false } },
        tags: ['a', 'b'],
        mustPass: true,
        meta: { x: 'y', n: 5 },
        annotations: [],
      },
    })
  })

  it('refuse a rule that is no id', () => {
    expect(read(['id', 'content', 'rules'], ['1', 'c', 'H2, not an id!'], [])).toMatchObject({
      ok: false,
      problems: [{ column: 'rules', value: 'not an id!' }],
    })
  })

  it('splits lists at the divider that is there', () => {
    expect([splitList('a, b'), splitList('a; b, c'), splitList('["a;b"]'), splitList(''), splitList(['x ', 1])]).toEqual([
      ['a', 'b'],
      ['a', 'b, c'],
      ['a;b'],
      [],
      ['x', '1'],
    ])
  })
})

describe('problems', () => {
  it('keep the first fifty and count all', () => {
    const list = new ProblemList()
    for (let line = 1; line <= 120; line += 1) list.add({ file: 'f', line, ...rowProblem('m', 'a') })
    expect(list.total).toBe(120)
    expect(list.shown.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })

  it('quote a value in full or cut, never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const quoted = quoteValue(text)
        expect(quoted.length).toBeLessThanOrEqual(162)
        expect(quoted === text || (quoted.endsWith('…') && text.startsWith(quoted.slice(0, -1)))).toBe(true)
      }),
    )
  })
})
