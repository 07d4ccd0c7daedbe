import type { Workspace } from '~/services/workspace-api'
import type { CliContext, Output } from './context'
import { runCli } from './run'

/** The process: its streams, its signals and its end. Nothing else of the command line knows them. */

const asOutput = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => void stream.write(text),
  isTTY: stream.isTTY === true,
  columns: stream.columns ?? 80,
})

let workspace: Promise<Workspace> | null = null

const context: CliContext = {
  stdout: asOutput(process.stdout),
  stderr: asOutput(process.stderr),
  environment: process.env,
  exitCode: 0,
  keyOrigins: [],
  openWorkspace() {
    workspace ??= openWorkspaceOf(process.env)
    return workspace
  },
  onInterrupt(listener) {
    process.on('SIGINT', listener)
    process.on('SIGTERM', listener)
    return () => {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    }
  },
}

async function openWorkspaceOf(variables: NodeJS.ProcessEnv): Promise<Workspace> {
  const [{ openWorkspace }, { ensureDataFolder, readEnvironment }] = await Promise.all([
    import('~/services/workspace'),
    import('~/lib/environment'),
  ])
  const environment = readEnvironment(variables)
  if (environment.dataFolder) ensureDataFolder(environment.dataFolder)
  return openWorkspace({
    databaseUrl: environment.databaseUrl,
    environment: { ...environment, openaiKeyOrigins: context.keyOrigins },
    replayRunner: 'inline',
  })
}

/** Whoever reads our output may stop reading (`touchstone … | head`): that is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(context.exitCode)
    throw error
  })
}

const flushed = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()))

const exitCode = await runCli(process.argv.slice(2), context)
await (workspace as Promise<Workspace> | null)?.then(
  (opened) => opened.close(),
  // Was reported by the command that asked for it.
  () => undefined,
)
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(exitCode)
