import { Link, useSearchParams } from '@remix-run/react'
import { formatCount, formatPercent, formatPoints, formatPointsInterval } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import type { RevisionComparison, RevisionStep } from '~/domain/comparison/comparison'
import type { FlipFilter } from './flip-filter-url'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

type Part = { text: string; count: number; filter: FlipFilter | null }

/** Where the sides pin different revisions: what the prompt changed and what the golden set's change did, adding up to the whole. */
export function RevisionsPanel({ view }: { view: ComparisonView }) {
  const [params] = useSearchParams()
  const { revisions } = view.comparison
  if (!revisions) return null
  const { baselineRevision, candidateRevision, prompt } = revisions
  const names: Record<RevisionStep['step'], string> = {
    baseline: `${view.baseline.name}, labels of revision ${baselineRevision}`,
    removed: 'without the removed cases',
    relabelled: `by the labels of revision ${candidateRevision}`,
    prompt: `the answers of ${view.candidate.name} in place of ${view.baseline.name}’s`,
    added: 'with the added cases',
  }
  return (
    <Panel
      title={`What the prompt changed, apart from revision ${baselineRevision} → ${candidateRevision}`}
      flush
      footer={`The prompt alone, by the labels of revision ${candidateRevision}: ${formatPoints(prompt.difference.estimate)} points, CI ${formatPointsInterval(prompt.difference)}, ${prompt.verdict.replace('-', ' ')}. The changes add up to the difference between the first and the last line.`}
    >
      <Table label="From the baseline to the candidate, a step at a time">
        <thead>
          <tr>
            <HeaderCell>Step</HeaderCell>
            <HeaderCell>Cases</HeaderCell>
            <HeaderCell numeric>Right</HeaderCell>
            <HeaderCell numeric>Accuracy</HeaderCell>
            <HeaderCell numeric>Points</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {revisions.steps.map((step) => (
            <Row key={step.step}>
              <th scope="row" className="px-3 py-2 text-left font-medium">
                {names[step.step]}
              </th>
              <Cell>
                <span className="flex flex-wrap gap-x-3">
                  {partsOf(step.step, revisions)
                    .filter(({ count }) => count > 0)
                    .map(({ text, count, filter }) =>
                      filter ? (
                        <Link
                          key={text}
                          preventScrollReset
                          className="text-link rounded-sm"
                          to={{ search: flipsSearch(params, filter), hash: '#flips' }}
                        >
                          {formatCount(count)} {text}
                        </Link>
                      ) : (
                        <span key={text}>
                          {formatCount(count)} {text}
                        </span>
                      ),
                    )}
                </span>
              </Cell>
              <Cell numeric>
                {formatCount(step.correct)} of {formatCount(step.n)}
              </Cell>
              <Cell numeric>{formatPercent(step.accuracy)}</Cell>
              <Cell numeric>{step.step === 'baseline' ? '' : formatPoints(step.change)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

function partsOf(step: RevisionStep['step'], { relabelling, prompt, removed, added, rewritten }: RevisionComparison): Part[] {
  const part = (text: string, count: number, filter: FlipFilter | null): Part => ({ text, count, filter })
  if (step === 'removed') return [part('removed', removed, { flip: ['removed'] }), part('rewritten', rewritten, { flip: ['relabelled'] })]
  if (step === 'added') return [part('added', added, { flip: ['added'] }), part('rewritten', rewritten, { flip: ['relabelled'] })]
  if (step === 'relabelled')
    return [
      part('became right', relabelling.becameRight, { relabelling: 'becameRight' }),
      part('became wrong', relabelling.becameWrong, { relabelling: 'becameWrong' }),
      part('newly labelled', relabelling.labelled, { relabelling: 'labelled' }),
      part('no longer labelled', relabelling.unlabelled, { relabelling: 'unlabelled' }),
      part('relabelled without effect', relabelling.sameOutcome, { relabelling: 'sameOutcome' }),
    ]
  if (step === 'prompt')
    return [
      part('fixed', prompt.fixed, { flipByNewLabels: 'fixed' }),
      part('regressed', prompt.regressed, { flipByNewLabels: 'regressed' }),
    ]
  return []
}
