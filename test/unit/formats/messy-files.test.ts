import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { makeZip, readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()
const texts = [
  'Go back to where you came from',
  'What a lovely day in the park',
  'All of them are criminals',
  'I disagree with the new tax',
] as const
/** The first and the third violate. */
const isBad = (index: number) => index % 2 === 0
const table = (columns: string[], row: (text: string, index: number) => unknown[], delimiter = ',', end = '\n') =>
  [columns, ...texts.map(row)].map((cells) => cells.join(delimiter) + end).join('')
const lines = (row: (text: string, index: number) => unknown) => texts.map((text, index) => JSON.stringify(row(text, index))).join('\n')
const pick = <T>(index: number, bad: T, good: T) => (isBad(index) ? bad : good)

/** Text, and whether it violates: the same for every layout. */
const expectTheFour = (cases: readonly GoldenCase[]) =>
  expect(cases.map(({ content, expected }) => [content, expected?.label])).toEqual(
    texts.map((text, index) => [text, pick(index, 'violates', 'allowed')]),
  )

const layouts: Array<[layout: string, name: string, content: string | Buffer]> = [
  [
    'a title, blank lines, and sums at the foot',
    'a.csv',
    `Sample of May,,\n,,\n\n${table(['ID', 'Message', 'Decision'], (text, i) => [i + 1, text, pick(i, 'Violating', 'Non-violating')])},,\nTotal,4,\nViolating,,2\n`,
  ],
  [
    'headings as rows',
    'b.csv',
    `Text,Label,Remark\nTIER 1,,\n${texts.map((text, i) => `${text},${pick(i, 'Not OK', 'OK')},x`).join('\n')}\nAccuracy: 91%,,\n`,
  ],
  [
    'two header rows',
    'c.csv',
    `ID,Text,Categories,,Who\n,,Hate,Spam,\n${texts.map((text, i) => `${i},${text},${pick(i, 1, 0)},0,ana`).join('\n')}\n`,
  ],
  [
    'a row of groups above the header',
    'd.csv',
    `Case,,Labels,\n${table(['ID', 'Text', 'Hate', 'Spam'], (text, i) => [i, text, pick(i, 1, 0), 0])}`,
  ],
  ['yes and no', 'e.csv', table(['Comment', 'Is it hateful?'], (text, i) => [text, pick(i, 'Yes', 'No')])],
  ['a column that means the opposite', 'f.csv', table(['text', 'is_safe'], (text, i) => [text, pick(i, 'FALSE', 'TRUE')])],
  ['row numbers without a name', 'g.csv', table(['', 'text', 'label'], (text, i) => [i, text, pick(i, 1, 0)])],
  [
    'scores',
    'h.csv',
    table(['id', 'comment_text', 'toxicity', 'severe_toxicity'], (text, i) => [`000${i}`, text, pick(i, 0.83, 0.12), '0.0']),
  ],
  [
    'one column a category',
    'i.csv',
    table(['id', 'comment_text', 'toxic', 'threat', 'identity hate'], (text, i) => [i, text, pick(i, 1, 0), 0, 0]),
  ],
  [
    'one column an annotator',
    'j.csv',
    table(['item_id', 'text', 'annotator_1', 'annotator_2'], (text, i) => [
      i,
      text,
      pick(i, 'hateful', 'not hateful'),
      pick(i, 'hateful', 'not hateful'),
    ]),
  ],
  [
    'one row an annotation',
    'k.csv',
    `comment_id,comment,annotator_id,label,time\n${['u1', 'u2'].flatMap((who) => texts.map((text, i) => `${i},${text},${who},${pick(i, 'toxic', 'non-toxic')},${who}`)).join('\n')}\n`,
  ],
  ['semicolons', 'l.csv', table(['Kommentar', 'Bewertung'], (text, i) => [text, pick(i, 'unzulässig', 'zulässig')], ';')],
  ['tabs in a text file', 'm.txt', table(['text', 'label'], (text, i) => [text, pick(i, 'HOF', 'NOT')], '\t')],
  ['bars', 'n.csv', table(['id', 'body', 'verdict'], (text, i) => [i, text, pick(i, 'remove', 'keep')], '|')],
  [
    'UTF-16 with its mark',
    'o.csv',
    Buffer.from(`\ufeff${table(['Text', 'Label'], (text, i) => [text, pick(i, 'spam', 'ham')], '\t')}`, 'utf16le'),
  ],
  [
    'a mark and CRLF',
    'p.csv',
    `\ufeff${table(['id', 'text', 'label'], (text, i) => [i, text, pick(i, 'abusive', 'normal')], ',', '\r\n')}`,
  ],
  ['CR alone', 'q.csv', table(['id', 'text', 'label'], (text, i) => [i, text, pick(i, 'abusive', 'normal')], ',', '\r')],
  [
    'no header',
    'r.csv',
    [...texts, ...texts]
      .map((text, i) => `${pick(i, 'hateful', 'normal')},${text}${i < 4 ? '' : ' again'}`)
      .slice(0, 8)
      .join('\n'),
  ],
  ['a column name twice', 's.csv', table(['id', 'text', 'label', 'label'], (text, i) => [i, text, pick(i, 'violates', 'allowed'), 'x'])],
  [
    'rows that repeat others',
    't.csv',
    table(['id', 'text', 'label'], (text, i) => [i, text, pick(i, '1.0', '0.0')]) + `0,${texts[0]},1.0\n`,
  ],
  [
    'a JSON array',
    'u.json',
    JSON.stringify(
      texts.map((text, i) => ({ text, label: pick(i, 1, 0) })),
      null,
      1,
    ),
  ],
  [
    'a list behind a key, beside others',
    'v.json',
    JSON.stringify({ features: [{ name: 'text' }], rows: texts.map((text, i) => ({ row: { text, label: pick(i, 1, 0) } })) }),
  ],
  [
    '`content` with a label that is a number',
    'w.json',
    JSON.stringify({ data: texts.map((content, i) => ({ content, label: pick(i, 1, 0), meta: { a: 1 } })) }),
  ],
  [
    'columns in place of rows',
    'x.json',
    JSON.stringify({ text: { ...texts }, label: Object.fromEntries(texts.map((_, i) => [i, pick(i, 1, 0)])) }),
  ],
  [
    'nested keys and blank lines',
    'y.jsonl',
    lines((text, i) => ({ comment: { id: i, text }, moderation: { decision: pick(i, 'reject', 'approve') } })).replaceAll('\n', '\n\n'),
  ],
  ['JSON that is called a table', 'z.csv', JSON.stringify(texts.map((text, i) => ({ text, label: pick(i, 'unsafe', 'safe') })))],
  ['a table that is called JSON', 'a2.json', table(['text', 'label'], (text, i) => [text, pick(i, 'unsafe', 'safe')])],
  [
    'Argilla, as it was',
    'b2.jsonl',
    lines((text, i) => ({
      fields: { text },
      metadata: {},
      responses: [{ user_id: 'u', values: { label: { value: pick(i, 'hate', 'no-hate') } }, status: 'submitted' }],
    })),
  ],
  [
    'Argilla, as it is',
    'c2.json',
    JSON.stringify(
      texts.map((text, i) => ({
        id: String(i),
        fields: { text },
        suggestions: {},
        responses: { label: [{ value: pick(i, 'hate', 'no-hate'), user_id: 'u' }] },
      })),
    ),
  ],
  [
    'Label Studio',
    'd2.json',
    JSON.stringify(
      texts.map((text, i) => ({
        id: i,
        data: { text },
        annotations: [
          { completed_by: 1, result: [{ from_name: 'toxicity', type: 'choices', value: { choices: [pick(i, 'Toxic', 'Not toxic')] } }] },
        ],
      })),
    ),
  ],
  [
    'Label Studio in short, one object an annotation',
    'e2.json',
    JSON.stringify(
      [1, 2].flatMap((annotator) =>
        texts.map((text, id) => ({ id, text, annotator, toxicity: pick(id, 'Toxic', 'Not toxic'), lead_time: annotator })),
      ),
    ),
  ],
  [
    'promptfoo with providers',
    'f2.yaml',
    `providers:\n  - id: x\ntests:\n${texts.map((text, i) => `  - vars: { text: ${text} }\n    assert: [{ type: equals, value: ${pick(i, 'violates', 'allowed')} }]`).join('\n')}\n`,
  ],
  [
    'OpenAI Evals',
    'g2.jsonl',
    lines((content, i) => ({
      input: [
        { role: 'system', content: 's' },
        { role: 'user', content },
      ],
      ideal: pick(i, 'Yes', 'No'),
    })),
  ],
  [
    'chats to learn from',
    'h2.jsonl',
    lines((content, i) => ({
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: JSON.stringify({ label: pick(i, 'violates', 'allowed'), rules: [] }) },
      ],
    })),
  ],
]

describe('files as people lay them out need no options', () => {
  it.each(layouts)('%s', async (_layout, name, content) => {
    const { cases, problems } = await readAll(file(name, content))
    expect(problems).toEqual([])
    expectTheFour(cases.slice(0, 4))
  })

  it('says what it took for what, and what it left out', async () => {
    const { notes } = await readAll(file('notes.csv', layouts[1]?.[2] ?? ''))
    expect(notes.join('\n')).toMatch(/Columns were found: content=Text, expected=Label[^]*line 2 "TIER 1"[^]*"Not OK" as violates/)
  })

  it('settles a case only where its annotators agree, and keeps what each said', async () => {
    const text = 'id,text,annotator,label\n1,one,a,hate\n2,two,a,hate\n1,one,b,hate\n2,two,b,no hate\n'
    const { cases } = await readAll(file('settle.csv', text))
    expect(cases.map(({ expected }) => expected?.label ?? null)).toEqual(['violates', null])
    expect(cases[1]?.annotations).toEqual([
      { annotator: 'a', label: 'violates', rules: {} },
      { annotator: 'b', label: 'allowed', rules: {} },
    ])
  })

  it('takes an empty cell of a category for "nobody said", and for "no" when told to', async () => {
    const text = 'Post,Hate,Spam\nfirst post here,x,\nsecond post here,,\nthird post here,,x\n'
    const { cases } = await readAll(file('blank.csv', text))
    expect(cases.map(({ expected }) => expected)).toEqual([
      { label: 'violates', rules: { Hate: true } },
      null,
      { label: 'violates', rules: { Spam: true } },
    ])
    const told = await readAll(file('blank2.csv', 'Post,Hate,Spam\nfirst,x,\nsecond,,\n'), {
      map: ['content=Post', 'flag=Hate', 'flag=Spam'],
      blankIsNo: true,
    })
    expect(told.cases.map(({ expected }) => expected?.label)).toEqual(['violates', 'allowed'])
  })

  it('refuses a word that it does not know in place of guessing', async () => {
    const { problems } = await readAll(file('words.csv', 'text,label\nsome text,grob\nother text,toxic\n'))
    expect(problems).toMatchObject([{ line: 2, column: 'label', value: 'grob' }])
  })

  it('reads a label at the end that the first rows do not have', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => `text number ${index},benign`)
    const { cases } = await readAll(file('sorted.csv', `text,label\n${rows.join('\n')}\nthe last,hateful\n`))
    expect(cases.at(-1)?.expected?.label).toBe('violates')
  })
})

describe('workbooks', () => {
  it('begin with a cover, hide sheets, span cells, and show dates and leading zeros', async () => {
    const cell = (reference: string, text: string) => `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`
    const rows = texts.map((text, i) => {
      const row = i + 2
      const category = i % 2 === 0 ? cell(`C${row}`, `Group ${i / 2}`) : ''
      return `<row r="${row}"><c r="A${row}" s="1"><v>${i + 1}</v></c>${cell(`B${row}`, text)}${category}<c r="D${row}" s="2"><v>45292</v></c>${cell(`E${row}`, pick(i, 'Yes', 'No'))}</row>`
    })
    const sheet = (content: string, behind = '') => `<worksheet><sheetData>${content}</sheetData>${behind}</worksheet>`
    const header = `<row r="1">${['Case No', 'Message', 'Group', 'Day', 'Violates?'].map((name, i) => cell(`${'ABCDE'[i]}1`, name)).join('')}</row>`
    const names = ['Cover', 'Old', 'Cases']
    const book = makeZip({
      'xl/workbook.xml': `<workbook xmlns:r="r"><sheets>${names.map((name, i) => `<sheet name="${name}" ${name === 'Old' ? 'state="hidden" ' : ''}r:id="r${i}"/>`).join('')}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships>${names.map((_, i) => `<Relationship Id="r${i}" Target="worksheets/sheet${i}.xml"/>`).join('')}</Relationships>`,
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>',
      'xl/worksheets/sheet0.xml': sheet(`<row r="1">${cell('A1', 'How to use this book')}</row>`),
      'xl/worksheets/sheet1.xml': sheet(`${header}<row r="2">${cell('B2', 'An old text')}${cell('E2', 'No')}</row>`),
      'xl/worksheets/sheet2.xml': sheet(
        header + rows.join(''),
        '<mergeCells><mergeCell ref="C2:C3"/><mergeCell ref="C4:C5"/></mergeCells>',
      ),
    })
    const { cases, problems, notes } = await readAll(file('book.xlsx', book))
    expect(problems).toEqual([])
    expectTheFour(cases)
    expect(cases.map(({ id }) => id)).toEqual(['00001', '00002', '00003', '00004'])
    expect(cases.map(({ meta }) => [meta.Group, meta.Day])).toEqual([0, 0, 1, 1].map((group) => [`Group ${group}`, '2024-01-01']))
    expect(notes[0]).toBe('The sheet "Cases" was read; others are "Cover": name one with --sheet.')
  })
})

describe('what is no table of cases', () => {
  it.each([
    ['old.xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'an old Excel workbook (.xls), or one that is protected'],
    ['paper.pdf', '%PDF-1.7\n', 'is a PDF'],
    ['picture.csv', Buffer.from('89504e470d0a1a0a', 'hex'), 'is a picture'],
    ['page.csv', '\n<div class="x">Sign in</div>\n', 'is a web page'],
    ['data.parquet', 'PAR1....', 'is a Parquet file'],
  ])('%s is named as what it is', async (name, content, words) => {
    const { cases, problems } = await readAll(file(name, content))
    expect(cases).toEqual([])
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toContain(words)
  })
})

const data = '../shared/data'
describe.skipIf(!existsSync(data))('the data beside the project', () => {
  const files = (existsSync(data) ? readdirSync(data, { recursive: true, encoding: 'utf8' }) : [])
    .filter((name) => /\.(csv|jsonl\.gz)$|_results\.json$/.test(name))
    .sort()
  const counts: Record<string, number> = {
    'cat_small.csv': 978,
    'all_annotations.csv': 3901,
    'test_suite_cases.csv': 3728,
    'samples-1680.jsonl.gz': 1680,
    'golden_dataset.csv': 40,
  }
  it.each(files)('%s is read without any option', async (name) => {
    const { cases, problems, notes } = await readAll(join(data, name))
    expect(problems).toEqual([])
    expect(cases).toHaveLength(counts[name.split('/').at(-1) ?? ''] ?? (name.endsWith('_results.json') ? 30 : cases.length))
    expect(cases.length).toBeGreaterThan(0)
    expect(cases.some(({ expected }) => expected?.label === 'violates')).toBe(true)
    expect(notes.join(' ')).toContain('read with the preset')
  })
})
