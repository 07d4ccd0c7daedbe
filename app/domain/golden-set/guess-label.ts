import type { LabelKind, VerdictLabel } from '../policy/verdict-scheme'

/** What people write for the three kinds of label, without case, blanks and punctuation. */
const violatingWords = new Set(
  (
    'hateful hate hatespeech hatred toxic toxicity violation violative violates violating violate unsafe abusive abuse spam scam harmful harm positive ' +
    'remove removed delete deleted reject rejected block blocked flag flagged unacceptable inappropriate offensive offensivelanguage ' +
    'noncompliant disallowed prohibited forbidden deny denied bad nsfw harassment harassing threat threatening bullying racist sexist hof off ' +
    'hass odio haine toxisch unzulässig verboten prohibido interdit'
  ).split(' '),
)
const allowedWords = new Set(
  (
    'allowed allow safe ok okay clean benign ham negative keep kept none neither normal neutral acceptable accept accepted appropriate ' +
    'compliant approve approved permitted permit pass passed fine good harmless innocuous sfw civil legitimate legit counterspeech nothing not zulässig erlaubt permitido autorisé'
  ).split(' '),
)
const escalateWords = new Set('escalate escalated unsure borderline unclear ambiguous undecided maybe review needsreview'.split(' '))
const noLabelWords = new Set(['na', 'nan', 'null', 'unlabelled', 'unlabeled', 'unknown', 'tbd', 'todo', 'pending', 'skip', 'skipped', ''])
const yesWords = new Set(['1', '10', 'true', 'yes', 'y', 't', 'x', 'ja', 'oui', 'si', 'sí', 'sim', '✓', '✔'])
const noWords = new Set(['0', '00', 'false', 'no', 'n', 'f', 'nein', 'non'])

/** `Not OK` → `notok`. `1.0` → `10`, which no word list takes for anything else. */
const fold = (text: string) =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '')

const flipped = (kind: LabelKind): LabelKind => (kind === 'violating' ? 'allowed' : kind === 'allowed' ? 'violating' : kind)

/** The kind that a word means by itself, also behind a "non-" or "not". */
function kindOfWord(word: string): LabelKind | null {
  if (violatingWords.has(word)) return 'violating'
  if (allowedWords.has(word)) return 'allowed'
  if (escalateWords.has(word)) return 'escalate'
  const behind = /^(?:not|non|no|kein|anti)(.{2,})$/.exec(word)?.[1]
  const kind = behind === undefined ? null : kindOfWord(behind)
  return kind && flipped(kind)
}

/** What "yes" in a column of this name means: in `is_safe` it is the allowed label, everywhere else the violating one. */
export function polarityOf(column: string): 'violating' | 'allowed' {
  const words = column
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const negated = words.some((word) => word === 'not' || word === 'non' || word === 'no')
  const allowed = words.some((word) => allowedWords.has(word))
  const violating = words.some((word) => violatingWords.has(word))
  if (allowed && !violating) return negated ? 'violating' : 'allowed'
  return violating && negated ? 'allowed' : 'violating'
}

/** What a value of somebody else's file seems to mean: a kind of label, `none` for no label at all, or null where a person has to say it. */
export function meaningOf(value: string, column = ''): LabelKind | 'none' | null {
  const word = fold(value)
  if (yesWords.has(word)) return polarityOf(column)
  if (noWords.has(word)) return flipped(polarityOf(column))
  return noLabelWords.has(word) ? 'none' : kindOfWord(word)
}

/** Whether the value says something by itself, and not only under its column's name as 1, yes and true do. */
export const isTellingLabel = (value: string) => kindOfWord(fold(value)) !== null

/** The label of the policy that a value seems to mean; '' for no label at all, null where a person has to say it. */
export function guessLabel(value: string, labels: readonly VerdictLabel[], column = ''): string | null {
  const folded = value.trim().toLowerCase()
  const exact = labels.find((label) => label.id.toLowerCase() === folded || label.name?.toLowerCase() === folded)
  if (exact) return exact.id
  const meaning = meaningOf(value, column)
  if (meaning === 'none') return ''
  return labels.find((label) => label.kind === meaning)?.id ?? null
}
