import type { VerdictLabel } from '~/domain/policy/verdict-scheme'

const violatingWords = new Set([
  '1',
  'true',
  'yes',
  'y',
  'hateful',
  'hate',
  'toxic',
  'violation',
  'violates',
  'violating',
  'unsafe',
  'abusive',
  'spam',
  'harmful',
  'positive',
  'remove',
])
const allowedWords = new Set([
  '0',
  'false',
  'no',
  'n',
  'nonhateful',
  'nothateful',
  'nontoxic',
  'nottoxic',
  'allowed',
  'allow',
  'safe',
  'ok',
  'clean',
  'benign',
  'ham',
  'negative',
  'keep',
  'none',
])

/** The label that a value of somebody else's file seems to mean; empty where a person has to say it. */
export function guessLabel(value: string, labels: readonly VerdictLabel[]): string {
  const folded = value.trim().toLowerCase()
  const exact = labels.find((label) => label.id.toLowerCase() === folded || label.name?.toLowerCase() === folded)
  if (exact) return exact.id
  const word = folded.replace(/[\s_-]+/g, '')
  const kind = violatingWords.has(word)
    ? 'violating'
    : allowedWords.has(word)
      ? 'allowed'
      : word === 'escalate' || word === 'unsure'
        ? 'escalate'
        : null
  return labels.find((label) => label.kind === kind)?.id ?? ''
}
