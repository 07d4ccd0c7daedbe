/**
 * Texts like a case's that people may label otherwise (contrast sets: Gardner et al. 2020; HateCheck F14–F15, F20–F24, Röttger et al. 2021).
 * They are proposals in English, for a person to reword and to label; no label is ever taken from the case they were made from.
 */
export const contrastKinds = ['quotation', 'negation', 'counterSpeech', 'targetSwap'] as const
export type ContrastKind = (typeof contrastKinds)[number]

export const contrastKindWords: Record<ContrastKind, string> = {
  quotation: 'quotation',
  negation: 'negation',
  counterSpeech: 'counter-speech',
  targetSwap: 'target swap',
}

export type ContrastProposal = { kind: ContrastKind; content: string }

/** A proposal that waits for a person, or what became of it. Times are milliseconds since the epoch. */
export type ContrastPair = ContrastProposal & {
  id: string
  goldenSet: string
  parentId: string
  /** The golden revision that it was made from. */
  parentRevision: number
  status: 'waiting' | 'labelled' | 'dismissed'
  /** The case of the golden set that it became. */
  caseId: string | null
  author: string
  createdAt: number
}

const auxiliary = /\b(am|are|is|was|were|should|must|can|could|will|would|may|might|do|does|did|have|has)\b(?!\s+not\b|n['’]t)/i
const plainVerb = /\b(I|we|you|they)\s+(?=(?:all\s+)?(?:hate|despise|loathe|detest|want|wish|think|believe|say|love|like|need|hope)\b)/i

/** Groups that rules commonly protect → one that they commonly do not. */
const targets: Array<[pattern: RegExp, instead: string]> = [
  [/\b(?:black|white|brown|asian|gay|trans|disabled|old|jewish|muslim|christian|arab|indigenous)\s+(?:people|folks?)\b/gi, 'bankers'],
  [
    /\b(?:women|girls|men|muslims|jews|christians|immigrants|migrants|refugees|foreigners|gays|lesbians|mexicans|asians|arabs)\b/gi,
    'bankers',
  ],
  [/\b(?:an?\s+)(?:woman|girl|man|muslim|jew|christian|immigrant|migrant|refugee|foreigner|lesbian|mexican)\b/gi, 'a banker'],
]

/** The proposals for a text; those that the text gives no hold for are left out. */
export function proposeContrasts(content: string): ContrastProposal[] {
  const text = content.trim()
  if (text === '') return []
  const proposals: ContrastProposal[] = [{ kind: 'quotation', content: `Somebody wrote this under my post: “${text}” I have reported it.` }]
  const negated = negate(text)
  if (negated !== null) proposals.push({ kind: 'negation', content: negated })
  proposals.push({ kind: 'counterSpeech', content: `“${text}” Saying such a thing is wrong, and whoever says it should stop.` })
  const swapped = targets.reduce((before, [pattern, instead]) => before.replace(pattern, instead), text)
  if (swapped !== text) proposals.push({ kind: 'targetSwap', content: swapped })
  return proposals
}

function negate(text: string): string | null {
  if (plainVerb.test(text)) return text.replace(plainVerb, (found) => `${found}do not `)
  return auxiliary.test(text) ? text.replace(auxiliary, (found) => `${found} not`) : null
}
