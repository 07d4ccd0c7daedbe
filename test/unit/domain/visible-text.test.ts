import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeTextVisible, splitVisibleText } from '~/domain/visible-text'

const marks = (text: string) => splitVisibleText(text).flatMap((piece) => (piece.kind === 'mark' ? [piece.short] : []))

describe('text of others is made visible', () => {
  test.each([
    ['a right-to-left override', 'user\u202Egnp.exe', 'user⟨RLO⟩gnp.exe'],
    ['zero width spaces that split a word', 'sl\u200Bur', 'sl⟨ZWSP⟩ur'],
    ['a zero width joiner between Latin letters', 'a\u200Db', 'a⟨ZWJ⟩b'],
    ['a control character', 'bell\u0007', 'bell⟨U+0007⟩'],
    ['an escape sequence', '\u001b[31mred', '⟨U+001B⟩[31mred'],
    ['tag characters', 'hi\u{E0041}', 'hi⟨U+E0041⟩'],
    ['half of a broken character', 'x\uD83Dy', 'x⟨U+D83D⟩y'],
    ['a line separator', 'a\u2028b', 'a⟨LS⟩b'],
  ])('%s', (_name, text, expected) => {
    expect(makeTextVisible(text)).toBe(expected)
  })

  test.each([
    ['line breaks and tabs', 'a\n\tb', 'a\n\tb'],
    ['line breaks of other systems', 'a\r\nb\rc', 'a\nb\nc'],
    ['joined emoji', '👩‍👩‍👧 ❤️ 🏳️‍🌈', '👩‍👩‍👧 ❤️ 🏳️‍🌈'],
    ['Persian with a zero width non-joiner', 'می‌خواهم', 'می‌خواهم'],
    ['Hindi with a zero width joiner', 'क्‍ष', 'क्‍ष'],
    ['Arabic', 'أهلا وسهلا', 'أهلا وسهلا'],
  ])('%s stay as they are', (_name, text, expected) => {
    expect(makeTextVisible(text)).toBe(expected)
  })

  test('no character that reorders or hides reaches the page', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const piece of splitVisibleText(text)) {
          if (piece.kind === 'text')
            expect(piece.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\u0000-\u0008\u007f-\u009f]/)
        }
      }),
    )
  })

  test('nothing is lost: every hidden character has its mark', () => {
    expect(marks('\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069')).toEqual([
      'LRE',
      'RLE',
      'PDF',
      'LRO',
      'RLO',
      'LRI',
      'RLI',
      'FSI',
      'PDI',
    ])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const length = splitVisibleText(text).reduce((sum, piece) => sum + (piece.kind === 'text' ? [...piece.text].length : 1), 0)
        expect(length).toBe([...text.replace(/\r\n?/g, '\n')].length)
      }),
    )
  })
})
