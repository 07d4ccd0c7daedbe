import { InvalidArgumentError, type Command } from 'commander'
import { writeJson, type CliContext } from '../context'
import { usd } from '../format-figures'
import { amount } from '../options'

/** `none` lifts the ceiling: null. */
const ceiling = (value: string): number | null => {
  if (value === 'none') return null
  try {
    return amount(value)
  } catch {
    throw new InvalidArgumentError('It must be an amount in US dollars, 0 or more, or "none".')
  }
}

export function registerBudget(program: Command, context: CliContext): void {
  program
    .command('budget')
    .summary('what all replays of the workspace have cost, and what they may')
    .description(
      'Shows what all replays of the workspace have cost so far and the ceiling that stops them; with an amount, sets the ceiling. A replay that reaches it stops before it is passed and is continued by the same command once the ceiling is raised. MAX_COST_USD sets one from outside; the lower of both counts.',
    )
    .argument('[amount]', 'US dollars that all replays together may cost, or "none"', ceiling)
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ touchstone budget\n  $ touchstone budget 25\n  $ touchstone budget none')
    .action((value: number | null | undefined, options: { json?: boolean }) => runBudget(context, value, options))
}

async function runBudget(context: CliContext, value: number | null | undefined, options: { json?: boolean }): Promise<void> {
  const { replays } = await context.openWorkspace()
  if (value !== undefined) await replays.setCeiling(value)
  const spending = await replays.spending()
  if (options.json) return writeJson(context, { schema: 'touchstone.budget/1', ...spending })
  const { spentUsd, heldUsd, ceilingUsd, storedUsd, environmentUsd } = spending
  const sentences = [
    `All replays of this workspace have cost ${usd(spentUsd)}.`,
    ...(heldUsd > 0 ? [`Replays under way may spend up to ${usd(heldUsd)} of the rest at the moment.`] : []),
    ceilingUsd === null ? 'There is no ceiling: touchstone budget AMOUNT sets one.' : `The ceiling is ${usd(ceilingUsd)}.`,
    ...(storedUsd !== null && environmentUsd !== null
      ? [`It is the lower of ${usd(storedUsd)} (set here) and ${usd(environmentUsd)} (MAX_COST_USD).`]
      : environmentUsd !== null
        ? ['It comes from MAX_COST_USD.']
        : []),
  ]
  context.stdout.write(`${sentences.join('\n')}\n`)
}
