import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { escapeHtml, escapeMarkdown, escapeXml } from '~/formats/escape'
import { writeCell, writeRow } from '~/formats/write-delimited'

const hostile = fc.string({ unit: 'binary', maxLength: 60 })

describe('cells of tables', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '=cmd|" /C calc"!A0'])('%j begins with an apostrophe', (text) => {
    const [cells] = parse(writeRow([text, 'x'], ','))
    expect(cells?.[0]).toBe(`'${text}`)
  })

  it('writes control characters out, so that a terminal that prints the file obeys nothing', () => {
    expect(writeCell('\u001b[2J\u0007\u009b', ',')).toBe('\\x1b[2J\\x07\\x9b')
  })

  it('no cell begins a formula or holds a control character, and every cell is read back as one cell', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 2, maxLength: 5 }), fc.constantFrom(',', '\t', ';'), (cells, delimiter) => {
        const rows = parse(writeRow(cells, delimiter), { delimiter, record_delimiter: '\n' }) as string[][]
        expect(rows).toHaveLength(1)
        expect(rows[0]).toHaveLength(cells.length)
        for (const cell of rows[0] ?? []) {
          expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
          // oxlint-disable-next-line no-control-regex -- these are what must not be there
          expect(cell).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('text in reports', () => {
  it('is no markup in HTML and shows what is invisible', () => {
    expect(escapeHtml('<script>alert("x")</script>')).toBe('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
    expect(escapeHtml("' onclick='a\u202eb\u200b")).toBe('&#39; onclick=&#39;a[U+202E]b[U+200B]')
    fc.assert(fc.property(hostile, (text) => !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(escapeHtml(text))))
  })

  it('is valid XML, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }), (text) => {
        // oxlint-disable-next-line no-control-regex -- what XML 1.0 forbids
        expect(escapeXml(text)).not.toMatch(
          /[<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}|&(?!(amp|lt|gt|quot|#39);)/u,
        )
      }),
    )
  })

  it('is no markup, mention or link in Markdown, and stays in its table cell', () => {
    expect(escapeMarkdown('| **b** [a](http://x) <i> @all `c`\nnext')).toBe(
      '\\| \\*\\*b\\*\\* \\[a\\](http&#58;//x) &lt;i&gt; &#64;&ZeroWidthSpace;all \\`c\\` next',
    )
    expect(escapeMarkdown('#12 GH-7 org/repo#3 $x$ mail@host.example')).toBe(
      '\\#&ZeroWidthSpace;12 GH-&ZeroWidthSpace;7 org/repo\\#&ZeroWidthSpace;3 &#36;x&#36; mail&#64;&ZeroWidthSpace;host.example',
    )
    fc.assert(fc.property(hostile, (text) => !/[\n<>@]|(?<!\\)[|*_`[\]]/.test(escapeMarkdown(text))))
  })
})
