/**
 * Guesses the encoding of lines that are not UTF-8. Returns a name that iconv-lite knows, or null where the guess is not good enough: a
 * wrong one would garble what people wrote without anybody noticing.
 */
export async function detectLegacyEncoding(sample: Buffer): Promise<string | null> {
  const high = sample.reduce((count, byte) => count + (byte > 127 ? 1 : 0), 0)
  if (high < minimumHighBytes) return null
  const [{ analyse }, { default: iconv }] = await Promise.all([import('chardet'), import('iconv-lite')])
  const candidates = analyse(sample).filter((candidate) => iconv.encodingExists(candidate.name))
  const best = candidates[0]
  const isWestern = best?.name === 'ISO-8859-1' || best?.name === 'windows-1252'
  if (!best || best.confidence < (isWestern ? minimumWesternConfidence : minimumConfidence)) return null
  // The detector prefers rare Baltic and Central European code pages on short texts; Western is by far the likelier where it is as plausible.
  const western = candidates.find((candidate) => candidate.name === 'ISO-8859-1' || candidate.name === 'windows-1252')
  const name = western && western.confidence >= best.confidence - 25 ? 'windows-1252' : best.name
  return looksLikeText(iconv.decode(sample, name)) ? name : null
}

const minimumHighBytes = 4
const minimumConfidence = 50
/** A few typographic quotation marks tell the detector little; that the text then looks like one is asked below. */
const minimumWesternConfidence = 20

/** Letters and common typography only, and letters that stand beside letters: what a wrong code page seldom gives. */
function looksLikeText(text: string): boolean {
  const beyondAscii = [...text].filter((character) => character > '\u007f')
  const usual = beyondAscii.filter((character) => /[\p{L}\p{M}\p{N}“”‘’„‚–—…€£¥§°«»¡¿·•™©®。、，！？：；（）「」『』]/u.test(character))
  return usual.length >= beyondAscii.length * 0.95 && !/[\u0080-\u009f\ufffd]/.test(text)
}
