import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()

describe('reading JSON Lines', () => {
  it('reads our own format, with its short forms', async () => {
    const text = [
      '{"id":"a","content":"one","context":{"parents":["p"],"surface":"comment","locale":"en-GB"},"expected":{"label":"violates","rules":{"H2":true,"S1":false},"severity":"high"},"tags":["t"],"note":"why","mustPass":true,"split":"train","meta":{"f":1},"annotations":[{"annotator":"x","label":"allowed","rules":{"H2":true},"note":"n"}]}',
      '',
      '{"id":7,"content":"two","expected":{"label":"Violates","rule":"H2"},"source":"forum","nested":{"a":[1]}}',
      '{"id":"c","content":"three","expected":"allowed"}',
      '{"id":"d","content":"four"}',
    ].join('\n')
    const { cases, lines, problems } = await readAll(file('a.jsonl', text))
    expect(problems).toEqual([])
    expect(lines).toEqual([1, 3, 4, 5])
    expect(cases[0]).toEqual({
      id: 'a',
      content: 'one',
      context: { parents: ['p'], surface: 'comment', locale: 'en-GB' },
      expected: { label: 'violates', rules: { H2: true, S1: false }, severity: 'high' },
      tags: ['t'],
      note: 'why',
      mustPass: true,
      split: 'train',
      meta: { f: 1 },
      annotations: [{ annotator: 'x', label: 'allowed', rules: { H2: true }, note: 'n' }],
    })
    expect(cases[1]).toMatchObject({
      id: '7',
      expected: { label: 'violates', rules: { H2: true } },
      meta: { source: 'forum', nested: '{"a":[1]}' },
    })
    expect(cases[2]?.expected).toEqual({ label: 'allowed', rules: {} })
    expect(cases[3]?.expected).toBeNull()
  })

  it('says what is wrong with each line and reads on', async () => {
    const text = [
      '{"id":"a","content":"ok"}',
      '{"id":"b",',
      '[1]',
      '{"id":"c"}',
      '{"id":"d","content":""}',
      '{"id":"e","content":"x","expected":{"label":"bad"}}',
      '{"id":"f","content":"x","tags":"t"}',
      '{"id":"g","content":"\\ud800"}',
      '{"id":"h","content":"ok"}',
    ].join('\n')
    const { cases, problems } = await readAll(file('b.jsonl', text))
    expect(cases.map(({ id }) => id)).toEqual(['a', 'h'])
    expect(problems.map(({ line, column, message }) => [line, column, message.replace(/\(.*\)/, '(…)')])).toEqual([
      [2, null, 'is not valid JSON (…)'],
      [3, null, 'is not a JSON object'],
      [4, 'content', 'has no "content"'],
      [5, 'content', '"content" is empty'],
      [6, 'expected', 'is not a label of this policy'],
      [7, 'tags', '"tags" is wrong: expected array, received string'],
      [8, 'content', '"content" holds half of a surrogate pair, which is no character'],
    ])
  })

  it('splits at line feeds only, whatever else a line holds', async () => {
    const content = 'a\u2028b\u2029c\u0085d\re'
    const { cases } = await readAll(
      file('c.jsonl', `${JSON.stringify({ id: '1', content }).replace('\\r', '\\r')}\r\n{"id":"2","content":"x"}`),
    )
    expect(cases.map((golden) => golden.content)).toEqual([content, 'x'])
  })

  it('refuses a line of 10 MB and reads on behind it', async () => {
    const { cases, problems } = await readAll(
      file('d.jsonl', `{"id":"1","content":"${'x'.repeat(10_000_000)}"}\n{"id":"2","content":"ok"}\n`),
    )
    expect(cases.map(({ id }) => id)).toEqual(['2'])
    expect(problems).toMatchObject([{ line: 1, message: 'is longer than 4 MB' }])
  })

  it('maps keys, also nested ones, and translates labels', async () => {
    const text = [
      '{"uid":"1","data":{"body":"a"},"gold":"toxic","lang":"de"}',
      '{"uid":"2","data":{"body":"b"},"gold":"fine"}',
      '{"uid":"3","data":{}}',
    ].join('\n')
    const { cases, problems } = await readAll(file('e.jsonl', text), {
      map: ['id=uid', 'content=data.body', 'expected=gold', 'locale=lang'],
      labels: ['toxic=violates', 'fine=allowed'],
    })
    expect(cases.map(({ id, content, expected, context }) => [id, content, expected?.label, context.locale])).toEqual([
      ['1', 'a', 'violates', 'de'],
      ['2', 'b', 'allowed', undefined],
    ])
    expect(problems).toMatchObject([{ line: 3, message: 'there is no column "data.body" for content' }])
  })

  it('makes ids where lines have none', async () => {
    const { cases, notes } = await readAll(file('f.jsonl', '{"content":"a"}\n{"content":"b"}\n{"content":"a"}\n'))
    expect(new Set(cases.map(({ id }) => id)).size).toBe(3)
    expect(notes).toHaveLength(1)
  })
})

describe('reading a JSON array', () => {
  it('reads its elements with the lines where they start', async () => {
    const text = '[\n  {"id":"a","content":"[,]\\"}"},\n\n  {"id":"b",\n   "content":"two"} , {"id":"c","content":"three"}\n]\n'
    const { cases, lines } = await readAll(file('a.json', text))
    expect(cases.map(({ id, content }) => [id, content])).toEqual([
      ['a', '[,]"}'],
      ['b', 'two'],
      ['c', 'three'],
    ])
    expect(lines).toEqual([2, 4, 5])
  })

  it('finds a broken element and reads on; finds a missing end', async () => {
    const broken = await readAll(file('b.json', '[{"id":"a","content":"x"},\n{"id":"b" "content":"y"},\n{"id":"c","content":"z"}]'))
    expect(broken.cases.map(({ id }) => id)).toEqual(['a', 'c'])
    expect(broken.problems).toMatchObject([{ line: 2 }])
    const cut = await readAll(file('c.json', '[{"id":"a","content":"x"},\n{"id":"b","cont'))
    expect(cut.problems).toMatchObject([{ line: 2, message: 'the list is not closed: the file ends too early' }])
    const empty = await readAll(file('d.json', '[ ]'))
    expect(empty.problems).toMatchObject([{ message: 'the list is empty' }])
  })

  it('takes the one list of an object, and names several', async () => {
    const one = await readAll(file('e.json', '{"version":1,"cases":[{"id":"a","content":"x"}]}'))
    expect(one.cases).toHaveLength(1)
    const several = await readAll(file('f.json', '{"a":[{"id":"a","content":"x"}],"b":[{"id":"b","content":"y"}]}'))
    expect(several.problems).toMatchObject([{ message: 'holds several lists: "a", "b"' }])
  })

  it('reads gzip, and values that are split over chunks', async () => {
    const elements = Array.from({ length: 20_000 }, (_, index) => ({ id: `é${index}`, content: `text "${index}" — 🎉` }))
    const { cases } = await readAll(file('g.json.gz', gzipSync(JSON.stringify(elements))))
    expect(cases.map(({ id, content }) => ({ id, content }))).toEqual(elements)
  })
})
