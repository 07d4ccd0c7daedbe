import { ratio } from '../metrics/side-metrics'
import type { ExpectedVerdict, Outcome } from '../verdict/verdict'
import type { FlipKind, RelabellingKind, RevisionComparison, RevisionStep } from './comparison'
import { decideVerdict, estimateDifference, testDifference } from './decide-verdict'
import { classifyFlip, isScored, sameExpected, type JudgedSide } from './flips'

/** What an answer that was given would be worth by another expected verdict. Why there is no answer stays as it is, where it is known. */
export function rejudge(side: JudgedSide, expected: ExpectedVerdict | null): JudgedSide {
  if (side.expected === expected) return side
  const { label = null } = expected ?? {}
  if (label === null) return { ...side, expected, outcome: 'unlabelled', ruleOutcome: null }
  const { verdict, epochs } = side
  if (!epochs) {
    const outcome: Outcome = verdict === null ? side.outcome : verdict.label === label ? 'correct' : 'wrong'
    return { ...side, expected, outcome, ruleOutcome: null }
  }
  // Epochs as in app/domain/metrics/reduce-epochs.ts: the majority of the answers, a tie is wrong.
  const answers = epochs.filter(({ answer, right }) => right !== null || (side.outcome === 'unlabelled' && answer !== 'unlabelled'))
  const right = answers.filter(({ answer }) => answer === label).length
  const outcome: Outcome = answers.length === 0 ? side.outcome : right * 2 > answers.length ? 'correct' : 'wrong'
  return { ...side, expected, outcome, ruleOutcome: null }
}

/** What the change of the labels alone made of a case, and how it flips when both answers are judged by the candidate's labels. */
export type AcrossRevisions = { relabelling: RelabellingKind | null; flipByNewLabels: FlipKind }

type Count = { n: number; correct: number }

/**
 * Parts what the prompt changed from what the relabelling changed, where the sides pin different revisions: the baseline's answers by its
 * labels, without the cases that the candidate's revision no longer has, by the candidate's labels, then the candidate's answers by the
 * same labels, and with the cases that are new. Each step's figures are sums over its cases, so that the changes add up exactly. A case
 * whose content was changed leaves with the removed and comes back with the added ones: nobody asked both prompts about it.
 */
export function createRevisionAccumulator() {
  const states = Array.from({ length: 5 }, (): Count => ({ n: 0, correct: 0 }))
  const relabelled: Record<RelabellingKind, number> = { becameRight: 0, becameWrong: 0, labelled: 0, unlabelled: 0, sameOutcome: 0 }
  const prompt = { fixed: 0, regressed: 0, n: 0 }
  const cases = { removed: 0, added: 0, rewritten: 0 }
  const count = (places: readonly number[], side: JudgedSide | null) => {
    if (!side || !isScored(side.outcome)) return
    for (const place of places) {
      const state = states[place]
      if (!state) continue
      state.n++
      if (side.outcome === 'correct') state.correct++
    }
  }

  return {
    add(baseline: JudgedSide | null, candidate: JudgedSide | null, rewritten: boolean): AcrossRevisions | null {
      if (!baseline || !candidate || rewritten) {
        if (baseline && candidate) cases.rewritten++
        else if (baseline) cases.removed++
        else if (candidate) cases.added++
        count([0], baseline)
        count([4], candidate)
        return null
      }
      const again = rejudge(baseline, candidate.expected)
      count([0, 1], baseline)
      count([2], again)
      count([3, 4], candidate)
      const relabelling = sameExpected(baseline.expected, candidate.expected) ? null : classifyRelabelling(baseline, again)
      if (relabelling) relabelled[relabelling]++
      const flipByNewLabels = classifyFlip(again, candidate) ?? 'unscored'
      if (isScored(again.outcome) && isScored(candidate.outcome)) {
        prompt.n++
        if (flipByNewLabels === 'fixed' || flipByNewLabels === 'regressed') prompt[flipByNewLabels]++
      }
      return { relabelling, flipByNewLabels }
    },

    finish(revisions: { baseline: number; candidate: number }, margin: number, confidence: number): RevisionComparison {
      const names: Array<RevisionStep['step']> = ['baseline', 'removed', 'relabelled', 'prompt', 'added']
      const steps = states.map((state, place): RevisionStep => {
        const accuracy = ratio(state.correct, state.n)
        const before = states[place - 1]
        const accuracyBefore = before ? ratio(before.correct, before.n) : null
        return {
          step: names[place] ?? 'baseline',
          ...state,
          accuracy,
          change: accuracy === null || accuracyBefore === null ? null : accuracy - accuracyBefore,
        }
      })
      return {
        baselineRevision: revisions.baseline,
        candidateRevision: revisions.candidate,
        steps,
        relabelling: { cases: Object.values(relabelled).reduce((sum, each) => sum + each, 0), ...relabelled },
        prompt: {
          ...prompt,
          difference: estimateDifference(prompt, confidence),
          pValue: testDifference(prompt).value,
          verdict: decideVerdict(prompt, margin, confidence),
        },
        ...cases,
      }
    },
  }
}

function classifyRelabelling(before: JudgedSide, after: JudgedSide): RelabellingKind {
  if (before.outcome === 'unlabelled' && after.outcome !== 'unlabelled') return 'labelled'
  if (before.outcome !== 'unlabelled' && after.outcome === 'unlabelled') return 'unlabelled'
  if (before.outcome === after.outcome) return 'sameOutcome'
  return after.outcome === 'correct' ? 'becameRight' : 'becameWrong'
}
