import { flipLook, type Tone } from '~/components/ui/badge'
import { formatCount, formatPercent, formatQuantity } from '~/components/ui/format'
import type { Comparison, ComparisonVerdict } from '~/domain/comparison/comparison'
import { roundAbout } from '~/domain/comparison/sentence'
import type { FlipFilter } from './flip-filter-url'

export type VerdictLook = { glyph: string; word: string; tone: Tone }

/** How each verdict looks: glyph and word, colour beside them. */
export const verdictLook: Record<ComparisonVerdict, VerdictLook> = {
  better: { glyph: flipLook.fixed.glyph, word: 'Better', tone: 'fixed' },
  'not-worse': { glyph: '≈', word: 'Not worse', tone: 'fixed' },
  worse: { glyph: flipLook.regressed.glyph, word: 'Worse', tone: 'regressed' },
  inconclusive: { glyph: '?', word: 'Cannot tell yet', tone: 'unscored' },
}

export type Advice = {
  /** May it go out, in a few words. */
  answer: string
  go: boolean
  next: string
  /** The cases that `next` speaks of. */
  read: { text: string; filter: FlipFilter } | null
  tone: Tone
}

type Facts = Pick<Comparison, 'verdict' | 'n' | 'flips' | 'mustPass' | 'moreCasesNeeded'> &
  Partial<Pick<Comparison, 'unscored' | 'difference'>>

/**
 * What a lead should do with this comparison. A regression of a zero-tolerance case holds the candidate back, whatever the average; a rehearsal
 * lets nothing out.
 */
export function adviseOn(facts: Facts, names: { baseline: string; candidate: string }, rehearsal = false): Advice {
  const advice = adviseOnAnswers(facts, names)
  if (!rehearsal) return advice
  // Words that match are no judgement: the reading stays, the decision does not.
  return {
    ...advice,
    answer: `In rehearsal: ${rehearsalWords[facts.verdict]}`,
    go: false,
    next: 'A rehearsal matches words and judges nothing: replay both versions with a model before you decide.',
  }
}

const rehearsalWords: Record<ComparisonVerdict, string> = {
  better: 'better',
  'not-worse': 'not worse',
  worse: 'worse',
  inconclusive: 'cannot tell yet',
}

function adviseOnAnswers(
  { verdict, n, flips, mustPass, moreCasesNeeded, unscored, difference }: Facts,
  names: { baseline: string; candidate: string },
): Advice {
  const { baseline, candidate } = names
  const read = (filter: FlipFilter, count: number) =>
    count === 0 ? null : { text: `Read the ${formatQuantity(count, 'regression')}`, filter }
  const regressions = read({ flip: ['regressed'] }, flips.regressed)
  const forbidden = mustPass?.regressed ?? 0
  if (forbidden > 0)
    return {
      answer: `Hold ${candidate} back`,
      go: false,
      tone: 'regressed',
      next: 'No average makes up for a zero-tolerance case. Repair the prompt, then replay it.',
      read: {
        text: forbidden === 1 ? 'Read that case' : `Read those ${formatCount(forbidden)} cases`,
        filter: { flip: ['regressed'], mustPass: true },
      },
    }
  const silence = verdict === 'better' || verdict === 'not-worse' ? moreSilent(unscored, difference) : null
  if (silence !== null)
    return {
      answer: `Hold ${candidate} back for now`,
      go: false,
      tone: 'unscored',
      next: `It gives no score to ${silence}: the verdict is about the other cases alone. Find out why, then replay.`,
      read: { text: 'Read the unscored cases', filter: { flip: ['unscored'] } },
    }
  switch (verdict) {
    case 'better':
      return {
        answer: `${candidate} may go out`,
        go: true,
        tone: 'fixed',
        next:
          flips.regressed === 0
            ? 'Nothing regressed. It can be made the production version.'
            : 'Look at what it broke; then it can be made the production version.',
        read: regressions,
      }
    case 'not-worse':
      return {
        answer: `${candidate} may go out`,
        go: true,
        tone: 'fixed',
        next: 'It loses no more than the margin allows, but no gain is shown: let it out if it is better in some other way.',
        read: regressions,
      }
    case 'worse':
      return {
        answer: `Keep ${baseline}`,
        go: false,
        tone: 'regressed',
        next: 'See what the edit broke, repair it, and replay.',
        read: regressions,
      }
    case 'inconclusive':
      return {
        answer: `Hold ${candidate} back for now`,
        go: false,
        tone: 'unscored',
        next: explainInconclusive(n, flips, moreCasesNeeded),
        read: n === 0 ? { text: 'Read the unscored cases', filter: { flip: ['unscored'] } } : regressions,
      }
  }
}

/** How many more cases the candidate leaves without a score, where that is more than chance; null otherwise. */
function moreSilent(unscored: Comparison['unscored'], difference: Comparison['difference'] | undefined): string | null {
  if (!unscored || unscored.pValue === null || unscored.baseline === null || unscored.candidate === null) return null
  const alpha = 1 - (difference?.confidence ?? 0.95)
  if (unscored.pValue >= alpha || unscored.candidate <= unscored.baseline) return null
  return `${formatPercent(unscored.candidate)} of the cases (${formatPercent(unscored.baseline)} before)`
}

function explainInconclusive(n: number, flips: Comparison['flips'], moreCasesNeeded: number | null): string {
  if (n === 0) return 'No case has a score on both sides: see why cases are unscored, then replay.'
  const changed = flips.fixed + flips.regressed
  const evidence =
    changed === 0
      ? `None of ${formatCount(n)} cases changed, but so few cases cannot rule out a loss.`
      : `${formatCount(changed)} of ${formatQuantity(n, 'case')} changed, ${formatCount(flips.fixed)} for the better and ${formatCount(flips.regressed)} for the worse: chance alone could do that.`
  const more =
    moreCasesNeeded === null
      ? 'The two are so close that no realistic number of cases would tell them apart.'
      : `About ${formatCount(roundAbout(moreCasesNeeded))} more cases like these would settle it; cases of the rules that the edit touched tell most.`
  return `${evidence} ${more}`
}
