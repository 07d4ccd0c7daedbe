import { makeTextVisible } from '~/domain/visible-text'

const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/** Writes control characters out (`\x1b`), so that no viewer acts on them. Tabs and line breaks stay. */
export function writeOutControls(text: string): string {
  return text.replace(controlCharacters, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Bidirectional and invisible characters as visible codes: they can make a text look like another. */
export function showInvisible(text: string): string {
  return makeTextVisible(writeOutControls(text), ({ codePoint }) => `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return showInvisible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** Text for XML 1.0, which has no way at all to write most control characters or half a surrogate pair. */
export function escapeXml(text: string): string {
  return writeOutControls(text)
    .replace(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/**
 * Text inside a line of Markdown (a heading, a table cell): nothing in it is markup, a mention, an issue number, a formula or a link. GitHub
 * looks for mentions and issue numbers in what Markdown became, where an escaped sign is a sign again: a space of no width breaks them.
 */
export function escapeMarkdown(text: string): string {
  return showInvisible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|~]/g, (character) => `\\${character}`)
    .replace(/[<>&]/g, (character) => entities[character] ?? character)
    .replace(/#/g, '\\#&ZeroWidthSpace;')
    .replace(/@/g, '&#64;&ZeroWidthSpace;')
    .replace(/\bGH-(?=\d)/gi, (start) => `${start}&ZeroWidthSpace;`)
    .replace(/\$/g, '&#36;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, 3)}&#46;`)
}
