import { Command, CommanderError } from 'commander'
import { TouchstoneError } from '~/lib/errors'
import { registerBudget } from './commands/budget'
import { registerCompare } from './commands/compare'
import { registerExport } from './commands/export'
import { registerGate } from './commands/gate'
import { registerHealth } from './commands/health'
import { registerImport } from './commands/import'
import { registerPolicies } from './commands/policies'
import { registerProbe } from './commands/probe'
import { registerReplay } from './commands/replay'
import { registerRevisions } from './commands/revisions'
import { registerServe } from './commands/serve'
import { registerSplit } from './commands/split'
import { exitCodes, writeEvent, type CliContext } from './context'
import { inert } from './terminal'

export const version = '0.1.0'

/**
 * Runs one command line and returns the exit code: 0 pass, 1 the gate failed, 2 inconclusive, 3 error. Expected failures become one
 * sentence on stderr; a usage error is 3, never 1, so that CI cannot take it for a gate that failed.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const program = buildProgram(context)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.error
    reportFailure(context, error)
    return exitCodes.error
  }
}

/** The whole command line. Commands load what they work with when they run, so that `--help` is there at once. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('touchstone')
  program
    .description('Replays versions of a moderation prompt over human-labelled cases, and says what changed and whether it may go out.')
    .version(version)
    .showHelpAfterError('(run with --help for all options and examples)')
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: Math.min(context.stdout.columns, 110) })
    .addHelpText(
      'after',
      `
Exit codes: 0 pass · 1 the gate failed · 2 inconclusive · 3 error (usage, configuration, provider, missing results)

Examples:
  $ touchstone import cases.jsonl --policy community-hate
  $ touchstone replay --prompt prompts/v1.md --golden community-hate/cases --model touchstone:rehearsal
  $ touchstone compare community-hate@1 community-hate@2 --by rule --by tag
  $ touchstone gate evals/suites/community-hate.yaml --junit report.xml
  $ touchstone probe community-hate@2 --max-attack-success 0.05`,
    )
  for (const register of [
    registerImport,
    registerReplay,
    registerCompare,
    registerGate,
    registerProbe,
    registerExport,
    registerHealth,
    registerRevisions,
    registerSplit,
    registerPolicies,
    registerBudget,
    registerServe,
  ])
    register(program, context)
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    command.configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    command.configureHelp({ helpWidth: Math.min(context.stdout.columns, 110) })
  }
  return program
}

function reportFailure(context: CliContext, error: unknown): void {
  if (context.jsonEvents) {
    const isExpected = error instanceof TouchstoneError
    const message = isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
    writeEvent(context, 'error', {
      message,
      advice: isExpected ? (error.advice ?? null) : 'This is a defect of Touchstone. Please report it.',
    })
    return
  }
  if (error instanceof TouchstoneError) {
    context.stderr.write(`error: ${inertLines(error.message)}\n`)
    if (error.advice) context.stderr.write(`${inert(error.advice)}\n`)
    return
  }
  // A defect of ours: the stack is what a report needs.
  context.stderr.write(`error: ${error instanceof Error ? inertLines(error.stack ?? error.message) : inert(String(error))}\n`)
  context.stderr.write('This is a defect of Touchstone. Please report it with the lines above.\n')
}

const inertLines = (text: string) => text.split('\n').map(inert).join('\n')
