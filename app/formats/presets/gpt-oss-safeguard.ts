import { rowProblem } from '~/domain/golden-set/problems'
import type { SourceRow } from '../rows'
import type { Preset, PresetLabels } from './preset'

const tierHeading = /^([A-Z]{1,6}[-_]?)(\d{1,2})$/

/** The example golden set of gpt-oss-safeguard, laid out as people lay out spreadsheets. */
export const gptOssSafeguard: Preset = {
  name: 'gpt-oss-safeguard',
  title: 'gpt-oss-safeguard golden CSV',
  description:
    'A spreadsheet with tiers as heading rows (`SP0`, `SP2` …) and numbered texts below each. Tier 0 is allowed, every other tier violates and is the rule that applies. A column headed "classification" stays as metadata; titles and summary rows are left out.',
  rowOptions: { headerLine: 0 },
  detect: ({ raw }) => {
    const lone = raw.flatMap((cells) => {
      const filled = cells.filter((cell) => cell.trim() !== '')
      return filled.length === 1 ? [filled[0]?.trim() ?? ''] : []
    })
    return lone.filter((text) => tierHeading.test(text)).length >= 2
  },
  transform: readTiers,
}

type TierRow = { line: number; tier: string; number: string; content: string; recorded: string }

async function* readTiers(rows: AsyncIterable<SourceRow>, labels: PresetLabels): AsyncGenerator<SourceRow> {
  const found: TierRow[] = []
  let tier: string | null = null
  let recordedAt = -1
  for await (const row of rows) {
    if (row.kind === 'problem') yield row
    if (row.kind !== 'cells') continue
    const cells = row.values.map((cell) => cell.trim())
    const filled = cells.filter((cell) => cell !== '')
    const headed = cells.findIndex((cell) => /classification/i.test(cell))
    if (headed >= 0 && tier === null) recordedAt = headed
    else if (filled.length === 1 && tierHeading.test(filled[0] ?? '')) tier = filled[0] ?? null
    else if (tier !== null && /^\d+$/.test(cells[0] ?? '') && (cells[1] ?? '') !== '')
      // The content stays as the file has it, blanks at its ends too.
      found.push({
        line: row.line,
        tier,
        number: cells[0] ?? '',
        content: row.values[1] ?? '',
        recorded: recordedAt < 0 ? '' : (cells[recordedAt] ?? ''),
      })
  }
  if (found.length === 0) {
    yield {
      kind: 'problem',
      line: null,
      problem: rowProblem(
        'no tier heading with numbered texts below it was found',
        'Check that the file has the layout of the preset, or map its columns with --map.',
      ),
    }
    return
  }
  const violatingTiers = [...new Set(found.map((row) => row.tier))].filter((name) => !isTierZero(name))
  for (const row of found) {
    const rules = Object.fromEntries(violatingTiers.map((name) => [name, name === row.tier]))
    yield {
      kind: 'value',
      line: row.line,
      value: {
        id: `${row.tier}-${row.number}`,
        content: row.content,
        expected: { label: isTierZero(row.tier) ? labels.allowed : labels.violating, rules },
        tags: [row.tier],
        meta: { tier: row.tier, ...(row.recorded ? { classification: row.recorded } : {}) },
      },
    }
  }
}

const isTierZero = (tier: string) => Number(tierHeading.exec(tier)?.[2]) === 0
