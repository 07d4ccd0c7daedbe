import { describe, expect, it } from 'vitest'
import { makeWorkbook, makeZip, readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()

describe('reading Excel workbooks', () => {
  it('reads a sheet with a title, blank cells and numbers', async () => {
    const workbook = makeWorkbook([
      ['Edge cases', '', ''],
      [],
      ['id', 'Message', 'Verdict', 'Note'],
      [1, ' keep <b>blanks</b> ', 'spam', 'x'],
      [2, '=SUM(A1)', 'ok'],
    ])
    const { cases, lines, problems } = await readAll(file('a.xlsx', workbook), {
      map: ['content=Message', 'expected=Verdict', 'note=Note'],
      labels: ['spam=violates', 'ok=allowed'],
    })
    expect(problems).toEqual([])
    expect(lines).toEqual([4, 5])
    expect(cases.map(({ id, content, expected, note }) => [id, content, expected?.label, note])).toEqual([
      ['1', ' keep <b>blanks</b> ', 'violates', 'x'],
      ['2', '=SUM(A1)', 'allowed', undefined],
    ])
  })

  it('names the sheets when the wanted one is missing', async () => {
    await expect(
      readAll(
        file(
          'b.xlsx',
          makeWorkbook(
            [
              ['id', 'content'],
              [1, 'a'],
            ],
            'Data',
          ),
        ),
        { sheet: 'Cases' },
      ),
    ).rejects.toThrow('has no sheet "Cases"')
    expect(
      (
        await readAll(
          file(
            'c.xlsx',
            makeWorkbook(
              [
                ['id', 'content'],
                [1, 'a'],
              ],
              'Data',
            ),
          ),
          { sheet: 'data' },
        )
      ).cases,
    ).toHaveLength(1)
  })

  it('refuses a zip bomb by what it states, and one that lies by what it unpacks to', async () => {
    const sheet = `<worksheet><sheetData>${'<row><c><v>0</v></c></row>'.repeat(2_000_000)}</sheetData></worksheet>`
    const parts = {
      'xl/workbook.xml': '<workbook><sheets><sheet name="s" id="r1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
      'xl/worksheets/sheet1.xml': sheet,
    }
    await expect(readAll(file('d.xlsx', makeZip(parts)), { map: ['content=a'] })).rejects.toThrow(/times its size, as a zip bomb does/)
    await expect(readAll(file('e.xlsx', makeZip(parts, { 'xl/worksheets/sheet1.xml': 1000 })), { map: ['content=a'] })).rejects.toThrow(
      /not a usable Excel workbook/,
    )
  })

  it('refuses entities, so that no text can be unfolded', async () => {
    const parts = {
      'xl/workbook.xml':
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><workbook><sheets><sheet name="&b;" id="r1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': '<Relationships/>',
    }
    await expect(readAll(file('f.xlsx', makeZip(parts)))).rejects.toThrow(/document type definition/)
  })

  it('refuses a zip that is no workbook, and one that is cut off', async () => {
    await expect(readAll(file('g.xlsx', makeZip({ 'a.txt': 'x' })))).rejects.toThrow(/it has no xl\/workbook.xml/)
    const whole = makeWorkbook([
      ['id', 'content'],
      [1, 'a'],
    ])
    await expect(readAll(file('h.xlsx', whole.subarray(0, whole.length - 30)))).rejects.toThrow(/not a usable Excel workbook/)
    await expect(readAll(file('i.csv', 'id,content\n1,a\n'), { format: 'xlsx' })).rejects.toThrow(/not an Excel workbook/)
    expect((await readAll(file('i.xlsx', 'id,content\n1,a\n'))).cases).toHaveLength(1)
  })
})
