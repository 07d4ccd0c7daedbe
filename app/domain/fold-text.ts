// oxlint-disable-next-line no-control-regex -- the range of ASCII
const asciiOnly = /^[\x00-\x7f]*$/
/** Nothing but ASCII: what the long ways round are spared. */
export const isAscii = (text: string): boolean => asciiOnly.test(text)

/** Characters that are not seen: format characters (zero-width, bidirectional, tags) and variation selectors. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/**
 * A text as it is searched: full-width, combining, capital and final forms find each other (NFKC and case folding: "STRASSE" finds "straße"),
 * and what is not seen does not hide a word. Accents tell words apart.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  return text.normalize('NFKC').replace(invisible, '').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
}
