import { formatPercent } from '~/components/ui/format'
import type { FindingKind, HealthReport } from '~/domain/golden-set/health'

export type FindingText = { title: string; means: string; todo: string }

/** Voters who are right less often than this say little about single labels. */
const trustworthyVotes = 0.75

/** What each finding is called. */
export const findingTitles: Record<FindingKind, string> = {
  'contradictory-duplicates': 'Duplicates that contradict each other',
  leaked: 'Quoted in a prompt',
  'duplicates-across-splits': 'Duplicates across splits',
  'against-majority': 'Expected verdict against the majority',
  'annotators-disagree': 'Annotators disagree',
  'reviewers-disagree': 'Reviewers side with the model',
  'confident-error': 'Labels that the votes contradict',
  'always-wrong': 'Wrong under every version',
  'stale-label': 'Labels older than their rule',
  'exact-duplicates': 'Exact duplicates',
  'near-duplicates': 'Near duplicates',
  unlabelled: 'Unlabelled',
  'always-right': 'Right under every version',
}

/** What each finding is called, means, and asks for. */
export function describeFinding(kind: FindingKind, { thresholds, votes, promptsSearched }: HealthReport): FindingText {
  const title = findingTitles[kind]
  const versions = votes.versions.length
  const voters = votes.versions.length > 0 ? votes.versions.join(', ') : 'no version yet'
  const doubt =
    votes.accuracy !== null && votes.accuracy < trustworthyVotes
      ? ` Only ${formatPercent(votes.accuracy)} of the votes are as expected, so this says more about the versions than about the labels.`
      : ''
  switch (kind) {
    case 'contradictory-duplicates':
      return {
        title,
        means:
          'The same or nearly the same content, after the same messages, with different verdicts: no prompt can have all of them right.',
        todo: 'Adjudicate them; delete the copies that say nothing new.',
      }
    case 'leaked':
      return {
        title,
        means: `At least ${formatPercent(thresholds.leakage, 0)} of the content stands in one of ${promptsSearched.length} prompt versions: the model has been told the answer, so such cases flatter it.`,
        todo: 'Replace the example in the prompt, or keep the case as an example and judge by others.',
      }
    case 'duplicates-across-splits':
      return {
        title,
        means: 'What is tuned on the one split has been seen on the other: the held-out figure is too good.',
        todo: 'Divide the set anew; duplicates are then kept on one side.',
      }
    case 'against-majority':
      return {
        title,
        means: 'Most annotators gave another label than the set expects.',
        todo: 'Adjudicate them, with the reason in the note.',
      }
    case 'annotators-disagree':
      return {
        title,
        means: 'People who read the same case gave different labels: the policy may be unclear there.',
        todo: 'Adjudicate them; where the policy is unclear, say it in the prompt.',
      }
    case 'reviewers-disagree':
      return {
        title,
        means: 'The last reviewer who looked at a verdict on this case gave another label than the set expects.',
        todo: 'Adjudicate them.',
      }
    case 'confident-error':
      return {
        title,
        means: `Confident learning over the votes of ${voters}: they agree on another label more surely than they usually agree on that label.${doubt}`,
        todo: 'Look again; the machine points, it never changes a label.',
      }
    case 'always-wrong':
      return {
        title,
        means: `None of ${versions} versions (${voters}) has ever had these right: either they are hard, or the label is wrong.${doubt}`,
        todo: 'Look again at the label first, then at the rule.',
      }
    case 'stale-label':
      return {
        title,
        means: 'The rule that the verdict names was reworded after the verdict was given.',
        todo: 'Read the rule as it is now and settle the verdict again.',
      }
    case 'exact-duplicates':
      return {
        title,
        means: 'The same text but for case, white space and compatibility characters: it is counted more than once.',
        todo: 'Keep one of each, unless its context differs.',
      }
    case 'near-duplicates':
      return {
        title,
        means: `Linked by pairs whose character 3-grams overlap by ${formatPercent(thresholds.nearDuplicate, 0)} or more: they count as less evidence than as many different cases.`,
        todo: 'Fine where they are meant as contrasts; else keep the telling ones.',
      }
    case 'unlabelled':
      return {
        title,
        means: 'Nobody settled a label yet: these cases are never scored.',
        todo: 'Label them.',
      }
    case 'always-right':
      return {
        title,
        means: `All answers of ${versions} versions are right: they tell no two versions apart.`,
        todo: 'Tag or export them as a smoke set, and look for harder ones.',
      }
  }
}

/** What is done while the reader waits. */
export const stageWords = {
  reading: 'Reading the cases',
  duplicates: 'Comparing them with each other',
  leakage: 'Searching for them in the prompts',
  labels: 'Weighing labels and annotations',
} as const
