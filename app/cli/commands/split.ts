import type { Command } from 'commander'
import { defaultSplitShares, splitNames, type SplitShares } from '~/domain/golden-set/splits'
import { TouchstoneError } from '~/lib/errors'
import { readAuthor } from '../author'
import { writeJson, type CliContext } from '../context'
import { count } from '../format-figures'
import { placeOfGoldenSet } from '../holdout'
import { wholeNumber } from '../options'
import { inert } from '../terminal'

type SplitOptions = { shares?: string; seed?: number; json?: boolean }

const maximumSeed = 4_294_967_295

export function registerSplit(program: Command, context: CliContext): void {
  program
    .command('split')
    .summary('divide a golden set into train, validation and a sealed holdout')
    .description(
      'Draws the split of every case anew, as one revision: each label and rule in the same shares, duplicates on one side. Cases of the holdout are sealed from then on.',
    )
    .argument('<golden>', 'POLICY/NAME')
    .option('--shares <train/validation/holdout>', 'percentages that sum to 100 (default: 60/20/20)')
    .option('--seed <n>', 'of the draw; stands in the revision (default: 1)', wholeNumber(0, maximumSeed))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ touchstone split community-hate/cases\n  $ touchstone split community-hate/cases --shares 70/10/20 --seed 7',
    )
    .action((golden: string, options: SplitOptions) => runSplit(context, golden, options))
}

async function runSplit(context: CliContext, reference: string, { shares, seed = 1, json }: SplitOptions): Promise<void> {
  const workspace = await context.openWorkspace()
  const { slug, golden } = await placeOfGoldenSet(workspace, reference)
  const { revision, counts, clustersKept } = await workspace.health.divide(slug, golden, {
    ...(shares === undefined ? {} : { shares: readShares(shares) }),
    seed,
    author: readAuthor(context.environment),
  })
  if (json)
    return writeJson(context, {
      schema: 'touchstone.split/1',
      goldenSet: { policy: slug, name: golden, revision },
      seed,
      counts,
      clustersKept,
    })
  context.stdout.write(
    `${slug}/${inert(golden)}@${revision}: ${splitNames.map((name) => `${count(counts[name])} ${name}`).join(', ')}; ${count(clustersKept)} groups of duplicates kept on one side (seed ${seed}).\n`,
  )
}

function readShares(text: string): SplitShares {
  const parts = text.split('/').map((part) => Number(part.trim() === '' ? Number.NaN : part) / 100)
  const [train, validation, holdout] = parts
  const sum = parts.reduce((total, part) => total + part, 0)
  if (parts.length !== 3 || !parts.every((part) => part >= 0) || Math.abs(sum - 1) > 1e-9)
    throw new TouchstoneError(
      'invalid-input',
      `${JSON.stringify(text)} is not three percentages that sum to 100.`,
      `Write them as ${splitNames.map((name) => defaultSplitShares[name] * 100).join('/')}: train, validation, holdout.`,
    )
  return { train: train ?? 0, validation: validation ?? 0, holdout: holdout ?? 0 }
}
