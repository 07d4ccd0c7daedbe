import type { ManyComparison } from '~/domain/comparison/compare-many'
import { describeCochranQ, describePairs, tabulatePairs, tabulateVersions } from '~/domain/comparison/tabulate-many'
import { writeRow } from '../write-delimited'
import { escapeMarkdown } from '../escape'
import { markdownTable, markdownText } from './report-table'

const tableBudget = 20_000

/** More than two versions as a summary fit for a pull-request comment. */
export function writeManyMarkdown(comparison: ManyComparison): string {
  return [
    `## ${markdownText(comparison.sentence)}`,
    '',
    ...markdownTable(tabulateVersions(comparison), tableBudget),
    '',
    escapeMarkdown(describeCochranQ(comparison)),
    '',
    ...markdownTable(tabulatePairs(comparison), tableBudget),
    '',
    escapeMarkdown(describePairs(comparison)),
    ...comparison.warnings.slice(0, 20).map((warning) => `\n> ⚠️ ${markdownText(warning)}`),
    '',
    ...comparison.versions.map(
      ({ name, replay, promptHash, goldenRevision }) =>
        `<sub>${markdownText(name)}: \`${replay}\` prompt \`${promptHash.slice(0, 12)}\` golden revision ${goldenRevision}</sub>  `,
    ),
    '',
  ].join('\n')
}

const write = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value))

/** The pairs as rows for a spreadsheet, with the figures of both versions; shares as shares, what cannot be estimated is empty. */
export function writeManyCsv({ versions, pairs }: ManyComparison): string {
  const known = new Map(versions.map((version) => [version.replay, version]))
  const side = (name: string) => [`${name}.replay`, `${name}.name`, `${name}.model`, `${name}.accuracy`, `${name}.unscored`]
  const header = [...side('baseline'), ...side('candidate'), 'verdict', 'fixed', 'regressed', 'difference', 'lower', 'upper', 'p', 'p.holm']
  const rows = pairs.map((pair) => {
    const facts = (replay: string) => {
      const version = known.get(replay)
      return [replay, version?.name ?? '', version?.model ?? '', write(version?.accuracy), write(version?.unscored)]
    }
    return [
      ...facts(pair.baseline),
      ...facts(pair.candidate),
      pair.verdict,
      write(pair.fixed),
      write(pair.regressed),
      write(pair.difference.estimate),
      write(pair.difference.lower),
      write(pair.difference.upper),
      write(pair.pValue),
      write(pair.pAdjusted),
    ]
  })
  return [header, ...rows].map((row) => writeRow(row, ',')).join('')
}
