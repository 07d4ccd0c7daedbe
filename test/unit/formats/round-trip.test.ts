import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCaseLine, toCaseLine } from '~/domain/golden-set/case-line'
import type { GoldenCase, MetaValue } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { writeCases, type CaseExportFormat } from '~/formats/write-cases'
import { readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()

/** Any text that UTF-8 can hold: control characters, line breaks, quotation marks, astral and combining characters. */
const text = fc.string({ unit: 'binary' }).filter((value) => !/\p{Surrogate}/u.test(value))
const filledText = text.filter((value) => value.trim() !== '')
const name = fc.string({ minLength: 1, maxLength: 12 })
const metaValue: fc.Arbitrary<MetaValue> = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
)
const dictionary = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries): Record<string, T> => Object.fromEntries(entries))
const rules = fc.dictionary(fc.stringMatching(/^[A-Z][0-9]{0,2}$/), fc.boolean(), { maxKeys: 3, noNullPrototype: true })
const verdict = fc.record(
  { label: fc.constantFrom('violates', 'allowed', 'escalate', null), rules, severity: fc.constantFrom('low', 'high') },
  { requiredKeys: ['label', 'rules'] },
)
const goldenCase: fc.Arbitrary<GoldenCase> = fc.record(
  {
    id: filledText.filter((value) => value.length <= 400),
    content: filledText,
    context: fc.record(
      { parents: fc.array(text, { maxLength: 3 }), surface: filledText, author: filledText, locale: fc.constantFrom('en-GB', 'hi') },
      { requiredKeys: ['parents'] },
    ),
    expected: fc.option(verdict),
    tags: fc.uniqueArray(text, { maxLength: 3 }),
    note: filledText,
    mustPass: fc.boolean(),
    split: filledText,
    meta: dictionary(metaValue),
    annotations: fc.array(
      verdict.chain((value) =>
        fc.record({ annotator: filledText, note: filledText }, { requiredKeys: ['annotator'] }).map((who) => ({ ...value, ...who })),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['id', 'content', 'context', 'expected', 'tags', 'mustPass', 'meta', 'annotations'] },
)

async function write(format: CaseExportFormat, cases: readonly GoldenCase[]): Promise<string> {
  let written = ''
  const open = async function* () {
    yield* cases
  }
  for await (const piece of writeCases(format, open)) written += piece
  return written
}

describe('round trips', () => {
  it('a line of our format gives the same case', () => {
    fc.assert(
      fc.property(goldenCase, (golden) => {
        const reading = parseCaseLine(JSON.stringify(toCaseLine(golden)), defaultVerdictScheme)
        expect(reading).toEqual({ ok: true, case: golden })
      }),
      { numRuns: 500 },
    )
  })

  it('a column with the name of a prototype is a column', () => {
    const line = '{"id":"a","content":"b","__proto__":"c","meta":{"constructor":"d"}}'
    const reading = parseCaseLine(line, defaultVerdictScheme)
    expect(reading.ok && Object.entries(reading.case.meta)).toEqual([
      ['__proto__', 'c'],
      ['constructor', 'd'],
    ])
  })

  it('a JSON Lines file gives the same cases in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(goldenCase, { selector: ({ id }) => id, minLength: 1, maxLength: 8 }), async (cases) => {
        const { cases: read, problems } = await readAll(file('cases.jsonl', await write('jsonl', cases)))
        expect(problems).toEqual([])
        expect(read).toEqual(cases)
      }),
      { numRuns: 60 },
    )
  })

  it('a table keeps everything but annotations, where no cell had to be made safe', async () => {
    const plain = fc
      .string({ minLength: 1, unit: fc.constantFrom(...'abcXYZ 019,;"\n\t|é漢🎉'.match(/./gsu)!) })
      .filter((value) => value.trim() !== '' && !/^[\t\n\r]/.test(value))
    const word = fc.stringMatching(/^[a-z]{1,6}$/)
    const cell = fc.record(
      {
        id: word,
        content: plain,
        context: fc.record({ parents: fc.array(plain, { maxLength: 2 }), locale: word }, { requiredKeys: ['parents'] }),
        expected: fc.option(verdict.filter((value) => value.label !== null)),
        tags: fc.uniqueArray(
          plain.map((value) => value.trim()),
          { maxLength: 3 },
        ),
        note: plain,
        mustPass: fc.boolean(),
        split: word,
        meta: fc.dictionary(word, plain, { noNullPrototype: true, maxKeys: 3 }),
        annotations: fc.constant<GoldenCase['annotations']>([]),
      },
      { requiredKeys: ['id', 'content', 'context', 'expected', 'tags', 'mustPass', 'meta', 'annotations'] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(cell, { selector: ({ id }) => id, minLength: 1, maxLength: 6 }),
        fc.constantFrom('csv', 'tsv'),
        async (cases, format) => {
          const { cases: read, problems } = await readAll(file(`cases.${format}`, await write(format as CaseExportFormat, cases)))
          expect(problems).toEqual([])
          expect(read).toEqual(cases)
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each(['promptfoo', 'label-studio'] as const)('%s keeps id, content, label and rules that apply', async (format) => {
    // Where nobody settled a verdict, Label Studio's reader takes the one that all annotations agree on.
    const settled = goldenCase.filter(({ expected, annotations }) => typeof expected?.label === 'string' || annotations.length === 0)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(settled, { selector: ({ id }) => id, minLength: 1, maxLength: 5 }), async (cases) => {
        const { cases: read, problems } = await readAll(
          file(format === 'promptfoo' ? 'cases.jsonl' : 'cases.json', await write(format, cases)),
          { preset: format },
        )
        expect(problems).toEqual([])
        const essence = (golden: GoldenCase) => [golden.id, golden.content, golden.expected?.label ?? null, golden.context.parents]
        expect(read.map(essence)).toEqual(cases.map(essence))
      }),
      { numRuns: 40 },
    )
  })
})

describe('fuzzing the readers', () => {
  it('any bytes are read to the end or refused in words, whatever the file is called', async () => {
    const structured = fc
      .string({ unit: fc.constantFrom(...'{}[]",:\\\n\r\t;|=-<>/ab1 é\u0000'.match(/./gsu)!), maxLength: 200 })
      .map((value) => Buffer.from(value))
    const bytes = fc.oneof(
      structured,
      fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value)),
    )
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom('a.csv', 'a.tsv', 'a.jsonl', 'a.json', 'a.yaml', 'a.xlsx', 'a.csv.gz', 'a'),
        fc.boolean(),
        async (content, fileName, mapped) => {
          try {
            const { cases, problems } = await readAll(file(fileName, content), mapped ? { map: ['content=a'] } : {})
            expect(cases.length + problems.length).toBeGreaterThan(0)
            for (const { message, advice } of problems) expect(message.length * advice.length).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toHaveProperty('name', 'TouchstoneError')
          }
        },
      ),
      { numRuns: 600 },
    )
  }, 30_000)
})
