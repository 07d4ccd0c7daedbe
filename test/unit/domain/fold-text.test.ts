import { describe, expect, it } from 'vitest'
import { displayWidth, fit, inert } from '~/cli/terminal'
import { foldText } from '~/domain/fold-text'

describe('foldText', () => {
  it.each([
    ['composed and decomposed', 'Café', 'cafe\u0301'],
    ['full-width', 'ＳＬＵＲ', 'slur'],
    ['capital sharp s', 'STRASSE', 'straße'],
    ['final sigma', 'ΟΔΟΣ', 'οδος'],
    ['zero-width and bidirectional characters', 's\u200bl\u202eu\u2060r', 'slur'],
    ['Hangul syllables and jamo', '한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
    ['ligatures', 'ﬁne', 'fine'],
  ])('takes %s for the same', (_name, one, other) => {
    expect(foldText(one)).toBe(foldText(other))
  })

  it.each([
    ['accents', 'resume', 'résumé'],
    ['letters of other scripts', 'a', 'а'],
    ['Chinese characters', '我', '你'],
  ])('tells %s apart', (_name, one, other) => {
    expect(foldText(one)).not.toBe(foldText(other))
  })
})

describe('text at a terminal', () => {
  it('keeps joined emoji whole and writes out what hides', () => {
    expect(inert('👩‍👩‍👧 hi\u202e\u200b\r\nx')).toBe('👩‍👩‍👧 hi\\u{202e}\\u{200b} x')
    expect(inert('\u001b[31m')).toBe('\\u{1b}[31m')
    expect(displayWidth('👩‍👩‍👧')).toBe(2)
    expect(displayWidth('cafe\u0301 中文')).toBe(9)
    expect(fit('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…')
  })
})
