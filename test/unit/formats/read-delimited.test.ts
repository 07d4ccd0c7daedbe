import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()
const map = ['content=text', 'expected=label']

describe('reading CSV', () => {
  it('maps columns, keeps the rest as metadata and the content as it is', async () => {
    const { cases, problems } = await readAll(
      file('a.csv', 'id,text,label,Group,empty\r\n1,"  two\r\nlines ""quoted"" ",hateful,g1,\r\n2,=1+1,ok,g2,\r\n'),
      { map, positive: ['hateful'] },
    )
    expect(problems).toEqual([])
    expect(cases).toEqual([
      {
        id: '1',
        content: '  two\r\nlines "quoted" ',
        context: { parents: [] },
        expected: { label: 'violates', rules: {} },
        tags: [],
        mustPass: false,
        meta: { Group: 'g1' },
        annotations: [],
      },
      {
        id: '2',
        content: '=1+1',
        context: { parents: [] },
        expected: { label: 'allowed', rules: {} },
        tags: [],
        mustPass: false,
        meta: { Group: 'g2' },
        annotations: [],
      },
    ])
  })

  it('counts lines through quoted line breaks, blank lines and broken rows', async () => {
    const text = 'id,text\n1,"a\nb"\n\n2,x"y\n3,"unclosed\n4,z\n5,"q"\n6,ok\n7,a,b,c\n8\n9,fine\n'
    const { lines, problems } = await readAll(file('b.csv', text), { map: ['content=text'] })
    expect(lines).toEqual([2, 9, 12])
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [5, 'has a quotation mark inside a cell that does not start with one'],
      [6, 'has a quotation mark that is not closed, or text behind the closing one'],
      [10, 'has 4 cells where the header has 2'],
      [11, 'has 1 cell where the header has 2'],
    ])
  })

  it('names a quotation mark that is never closed by the line where its row starts', async () => {
    const { problems } = await readAll(file('c.csv', 'id,text\n1,ok\n2,"never\n3,closed\n'), { map: ['content=text'] })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ line: 3, message: 'has a quotation mark that is not closed' })
  })

  it('takes quotation marks inside unquoted cells when told to, and still finds the one that swallows rows', async () => {
    const { cases, problems } = await readAll(file('d.csv', 'id,text\n1,5" pipe\n2,"open\n3,"closed"\n4,ok\n'), {
      map: ['content=text'],
      relaxQuotes: true,
    })
    expect(cases.map(({ id, content }) => [id, content])).toEqual([
      ['1', '5" pipe'],
      ['4', 'ok'],
    ])
    expect(problems).toMatchObject([{ line: 3, message: 'has a quotation mark that is not closed' }])
  })

  it('finds the delimiter and the header below a title', async () => {
    const semicolons = await readAll(file('e.csv', 'id;text;label\n1;"a; b";violates\n2;c, d, e;Allowed\n'), { map })
    expect(semicolons.cases.map(({ content, expected }) => [content, expected?.label])).toEqual([
      ['a; b', 'violates'],
      ['c, d, e', 'allowed'],
    ])
    const titled = await readAll(file('f.csv', 'Edge cases 2026,,\n,,\nid,text,label\n1,a,violates\n'), { map })
    expect(titled.problems).toEqual([])
    expect(titled.lines).toEqual([4])
    const tabs = await readAll(file('g.tsv', 'id\ttext\tlabel\n1\ta, "b"\tviolates\n'), { map, relaxQuotes: true })
    expect(tabs.cases[0]?.content).toBe('a, "b"')
  })

  it('takes a stated header row, or none', async () => {
    const stated = await readAll(file('h.csv', 'text,x\nid,text\n1,a\n'), { map: ['content=text'], headerLine: 2 })
    expect(stated.cases.map(({ id, content }) => [id, content])).toEqual([['1', 'a']])
    const none = await readAll(file('i.csv', '1,a\n2,b\n'), { map: ['id=column 1', 'content=column 2'], headerLine: 0 })
    expect(none.cases.map(({ id, content }) => [id, content])).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  it('names a missing column and those that there are, once', async () => {
    const { cases, problems, fatal } = await readAll(file('j.csv', 'id,text\n1,a\n2,b\n'), { map: ['content=text', 'expected=gold'] })
    expect(cases).toEqual([])
    expect(fatal).toBe(true)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      column: 'gold',
      message: 'there is no column "gold" for expected',
      advice: 'The columns are: "id", "text".',
    })
  })

  it('names an unknown label with the known ones, its line and its value', async () => {
    const { problems } = await readAll(file('k.csv', 'id,text,label\n1,a,violates\n2,b,hatefull\n'), { map })
    expect(problems).toMatchObject([{ line: 3, column: 'label', value: 'hatefull', message: 'is not a label of this policy' }])
    expect(problems[0]?.advice).toContain('violates, allowed, escalate')
  })

  it('refuses a --positive value that no row has', async () => {
    const { problems, fatal } = await readAll(file('l.csv', 'id,text,label\n1,a,hateful\n2,b,non-hateful\n'), {
      map,
      positive: ['hatefull'],
    })
    expect(fatal).toBe(true)
    expect(problems).toMatchObject([{ value: 'hatefull', advice: 'The values are: "hateful", "non-hateful".' }])
  })

  it('finds an id that is there twice, with both lines', async () => {
    const { cases, problems } = await readAll(file('m.csv', 'id,text\n1,a\n2,b\n1,c\n'), { map: ['content=text'] })
    expect(cases).toHaveLength(2)
    expect(problems).toMatchObject([
      { line: 4, column: 'id', value: '1', message: 'has the id of line 2 again, with another content or label' },
    ])
  })

  it('makes ids from the content where there are none, the same in every reading', async () => {
    const text = 'text,label\nsame,violates\nother,allowed\nsame,violates\n'
    const first = await readAll(file('n.csv', text), { map })
    const second = await readAll(file('o.csv', `${text}third,allowed\n`), { map })
    const ids = first.cases.map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(ids[2]).toBe(`${ids[0]}-2`)
    expect(second.cases.map(({ id }) => id).slice(0, 3)).toEqual(ids)
    expect(first.notes).toHaveLength(1)
  })

  it('reads rules as a list and as columns of their own, where an empty cell is unlabelled', async () => {
    const text = 'id,text,label,rules,h2,s1\n1,a,violates,"R1; R2",1,0\n2,b,violates,,,1\n3,c,,,,\n4,d,violates,,maybe,\n'
    const { cases, problems } = await readAll(file('p.csv', text), { map: [...map, 'rules=rules', 'rule.H2=h2', 'rule.S1=s1'] })
    expect(cases.map(({ expected }) => expected)).toEqual([
      { label: 'violates', rules: { R1: true, R2: true, H2: true, S1: false } },
      { label: 'violates', rules: { S1: true } },
      null,
    ])
    expect(problems).toMatchObject([{ line: 5, column: 'h2', value: 'maybe' }])
  })

  it('keeps columns that are called like the inner parts of objects', async () => {
    const { cases } = await readAll(file('q.csv', 'id,text,__proto__,constructor,,twice,twice\n1,a,b,c,d,e,f\n'), { map: ['content=text'] })
    expect(Object.entries(cases[0]?.meta ?? {})).toEqual([
      ['__proto__', 'b'],
      ['constructor', 'c'],
      ['column 5', 'd'],
      ['twice', 'e'],
      ['twice (2)', 'f'],
    ])
  })

  it('reads gzip', async () => {
    const { cases } = await readAll(file('r.csv.gz', gzipSync('id,text\n1,a\n')), { map: ['content=text'] })
    expect(cases).toHaveLength(1)
  })
})

describe('what is no table of cases', () => {
  const onlyProblem = async (name: string, content: string | Buffer, options = {}) => {
    const reading = await readAll(file(name, content), { map: ['content=text'], ...options })
    expect(reading.cases).toEqual([])
    expect(reading.problems).toHaveLength(1)
    return reading.problems[0]
  }

  it('an empty file, one of blanks, a header alone', async () => {
    expect(await onlyProblem('a.csv', '')).toMatchObject({ line: null, message: 'the file is empty' })
    expect(await onlyProblem('b.csv', ' \n\n')).toMatchObject({ message: 'the file is empty' })
    expect(await onlyProblem('c.csv', 'id,text\n')).toMatchObject({ message: 'the file has a header row and nothing below it' })
  })

  it('a web page that is called CSV', async () => {
    expect(await onlyProblem('d.csv', '\n<!DOCTYPE html><html><body>Sign in</body></html>')).toMatchObject({
      line: 1,
      message: 'the file is a web page, not a table of cases',
    })
  })

  it('NUL bytes, with their line', async () => {
    expect(await onlyProblem('e.csv', 'id,text\n1,a\n2,b\u0000c\n')).toMatchObject({
      line: 3,
      message: 'holds a NUL byte: the file is not text, or is damaged',
    })
  })

  it('broken UTF-8, with its line', async () => {
    const broken = Buffer.concat([Buffer.from('id,text\n1,schön\n2,'), Buffer.from([0xc3, 0x28]), Buffer.from('\n3,ok\n')])
    expect(await onlyProblem('f.csv', broken)).toMatchObject({ line: 3, message: 'is not valid UTF-8' })
    expect(
      await onlyProblem('g.csv', Buffer.concat([Buffer.from('id,text\n1,'), Buffer.from([0xff, 0xfe]), Buffer.from(' bad\n')])),
    ).toMatchObject({ line: 2 })
  })

  it('a cell of 10 MB, without reading on', async () => {
    expect(await onlyProblem('h.csv', `id,text\n1,${'x'.repeat(10_000_000)}\n2,b\n`)).toMatchObject({
      line: 2,
      message: 'is longer than 4 MB; reading stopped here',
    })
  })

  it('a truncated or damaged gzip', async () => {
    const packed = gzipSync(`id,text\n${Array.from({ length: 5000 }, (_, index) => `${index},${Math.sin(index)}`).join('\n')}\n`)
    const truncated = await readAll(file('i.csv.gz', packed.subarray(0, packed.length / 2)))
    expect(truncated).toMatchObject({ cases: [], problems: [{ message: 'is a gzip file that ends too early: it is truncated' }] })
    // Where it breaks is known by the line.
    expect(truncated.problems[0]?.line).toBeGreaterThan(1000)
    packed.fill(0x55, 200, 400)
    const { cases, problems } = await readAll(file('j.csv.gz', packed))
    expect(cases).toEqual([])
    expect(problems[0]?.message).toMatch(/damaged gzip/)
  })

  it('a gzip bomb, before much of it is unpacked', async () => {
    const { cases, problems } = await readAll(file('bomb.csv.gz', gzipSync(`id,text\n${'\n'.repeat(60_000_000)}`)))
    expect(cases).toEqual([])
    expect(problems).toMatchObject([{ message: 'unpacks to more than 400 times its size, as a gzip bomb does' }])
  })

  it('a file that is not there, and a folder', async () => {
    await expect(readAll('/no/such/file.csv')).rejects.toThrow('There is no file /no/such/file.csv.')
    await expect(readAll('/')).rejects.toThrow('is a folder')
  })
})

describe('encodings', () => {
  it('UTF-8 with a byte order mark, UTF-16 with and without one', async () => {
    const text = 'id,text\n1,naïve 🎉 مرحبا\n'
    const files = [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ]
    for (const bytes of files) {
      const { cases, problems } = await readAll(file('a.csv', bytes), { map: ['content=text'] })
      expect(problems).toEqual([])
      expect(cases.map(({ id, content }) => [id, content])).toEqual([['1', 'naïve 🎉 مرحبا']])
    }
  })

  it('Windows-1252 of a German text, and as stated', async () => {
    const text = 'id,text\n1,Ich hasse Ärger und überhaupt schöne Grüße\n2,Das ist nicht gut für die Leute\n'
    const guessed = await readAll(file('b.csv', Buffer.from(text, 'latin1')), { map: ['content=text'] })
    expect(guessed.cases[0]?.content).toBe('Ich hasse Ärger und überhaupt schöne Grüße')
    const stated = await readAll(file('c.csv', Buffer.from('id,text\n1,caf\xe9\n', 'latin1')), {
      map: ['content=text'],
      encoding: 'windows-1252',
    })
    expect(stated.cases[0]?.content).toBe('café')
  })

  it('does not guess from a character or two', async () => {
    const { problems } = await readAll(file('d.csv', Buffer.from('id,text\n1,caf\xe9\n', 'latin1')), { map: ['content=text'] })
    expect(problems).toMatchObject([{ line: 2, message: 'is not valid UTF-8' }])
  })
})
