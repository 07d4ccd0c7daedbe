import type { Command } from 'commander'
import type { CliContext } from '../context'
import { wholeNumber } from '../options'

export function registerServe(program: Command, context: CliContext): void {
  program
    .command('serve')
    .summary('serve the web app')
    .description('Serves the web app on this machine until it is stopped.')
    .option('--host <address>', 'address to listen on (default: HOST, else 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: PORT, else 3000)', wholeNumber(0, 65535))
    .addHelpText('after', '\nExamples:\n  $ touchstone serve\n  $ touchstone serve --port 3001')
    .action((options: { host?: string; port?: number }) => runServe(context, options))
}

async function runServe(context: CliContext, options: { host?: string; port?: number }): Promise<void> {
  const { serve } = await import('~/http/serve')
  const variables = {
    ...context.environment,
    ...(options.host === undefined ? {} : { HOST: options.host }),
    ...(options.port === undefined ? {} : { PORT: String(options.port) }),
  }
  await serve({ variables, print: (text) => context.stdout.write(text), onInterrupt: context.onInterrupt })
}
