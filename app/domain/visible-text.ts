/** A piece of text as it may be shown, or a character that would otherwise hide or reorder what stands around it. */
export type TextPiece = { kind: 'text'; text: string } | { kind: 'mark'; codePoint: number; short: string; name: string }

const named: Record<number, [short: string, name: string]> = {
  0x00ad: ['SHY', 'soft hyphen'],
  0x034f: ['CGJ', 'combining grapheme joiner'],
  0x061c: ['ALM', 'Arabic letter mark'],
  0x180e: ['MVS', 'Mongolian vowel separator'],
  0x200b: ['ZWSP', 'zero width space'],
  0x200c: ['ZWNJ', 'zero width non-joiner'],
  0x200d: ['ZWJ', 'zero width joiner'],
  0x200e: ['LRM', 'left-to-right mark'],
  0x200f: ['RLM', 'right-to-left mark'],
  0x2028: ['LS', 'line separator'],
  0x2029: ['PS', 'paragraph separator'],
  0x202a: ['LRE', 'left-to-right embedding'],
  0x202b: ['RLE', 'right-to-left embedding'],
  0x202c: ['PDF', 'pop directional formatting'],
  0x202d: ['LRO', 'left-to-right override'],
  0x202e: ['RLO', 'right-to-left override'],
  0x2060: ['WJ', 'word joiner'],
  0x2066: ['LRI', 'left-to-right isolate'],
  0x2067: ['RLI', 'right-to-left isolate'],
  0x2068: ['FSI', 'first strong isolate'],
  0x2069: ['PDI', 'pop directional isolate'],
  0xfeff: ['BOM', 'zero width no-break space'],
}

// oxlint-disable no-control-regex, no-misleading-character-class -- control characters and combining joiners are exactly what is looked for
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu
const joiningScript =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u
const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20e3#*0-9\ufe0f]/u
// oxlint-enable no-control-regex, no-misleading-character-class

/**
 * Cuts text into what may be shown as it is and what has to be made visible: control characters, bidirectional controls, invisible
 * characters, lone surrogates. Tabs and line breaks stay text (CR LF and CR become LF), and so do joiners where a script or an emoji
 * needs them. Linear in the length of the text.
 */
export function splitVisibleText(text: string): TextPiece[] {
  const normal = text.replace(/\r\n?/g, '\n')
  const pieces: TextPiece[] = []
  let start = 0
  for (const match of normal.matchAll(hidden)) {
    const codePoint = match[0].codePointAt(0) ?? 0
    if (belongsToText(normal, match.index, codePoint)) continue
    if (match.index > start) pieces.push({ kind: 'text', text: normal.slice(start, match.index) })
    pieces.push(markFor(codePoint))
    start = match.index + match[0].length
  }
  if (start < normal.length) pieces.push({ kind: 'text', text: normal.slice(start) })
  return pieces
}

/** The same as one string, with each hidden character written as ⟨RLO⟩: for titles, labels and clipboards. `write` writes it otherwise. */
export function makeTextVisible(text: string, write = ({ short }: { codePoint: number; short: string }) => `⟨${short}⟩`): string {
  return splitVisibleText(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : write(piece)))
    .join('')
}

function belongsToText(text: string, index: number, codePoint: number): boolean {
  const before = characterBefore(text, index)
  if (codePoint === 0xfe0f || codePoint === 0xfe0e) return emoji.test(before) || /\p{Emoji}/u.test(before)
  if (codePoint !== 0x200d && codePoint !== 0x200c) return false
  const after = String.fromCodePoint(text.codePointAt(index + 1) ?? 0x20)
  if (codePoint === 0x200d && emoji.test(before)) return /\p{Extended_Pictographic}/u.test(after)
  return joiningScript.test(before) && (joiningScript.test(after) || /[\s\p{P}]/u.test(after))
}

function characterBefore(text: string, index: number): string {
  const low = text.charCodeAt(index - 1)
  const start = low >= 0xdc00 && low <= 0xdfff ? index - 2 : index - 1
  return start < 0 ? '' : text.slice(start, index)
}

function markFor(codePoint: number): TextPiece {
  const hexadecimal = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  const known = named[codePoint]
  if (known) return { kind: 'mark', codePoint, short: known[0], name: `${hexadecimal} ${known[1]}` }
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f))
    return { kind: 'mark', codePoint, short: hexadecimal, name: `${hexadecimal} control character` }
  if (codePoint >= 0xd800 && codePoint <= 0xdfff)
    return { kind: 'mark', codePoint, short: hexadecimal, name: `${hexadecimal} half of a broken character` }
  return { kind: 'mark', codePoint, short: hexadecimal, name: `${hexadecimal} invisible character` }
}
