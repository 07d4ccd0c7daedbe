import { join } from 'node:path'
import { ensureDataFolder, findProjectRoot, readEnvironment } from '../lib/environment'
import { createLogger } from '../lib/logger'
import { openWorkspace } from '../services/workspace'
import { startServer } from './server'

/**
 * Claims of a process of which nobody can say whether it lives (another machine's, or one whose number was given anew, as in a container)
 * last half a minute: what it seemed to be at is looked at once more.
 */
const lookAgainMs = 35_000

/**
 * `touchstone serve`: opens the workspace, continues what a stopped server left unfinished, serves until somebody asks to stop, and then
 * lets running work commit before it returns. Throws a TouchstoneError for a bad environment, an unwritable data folder, a missing build or
 * a taken port.
 */
export async function serve(options: {
  variables: Record<string, string | undefined>
  print: (text: string) => void
  onInterrupt: (listener: () => void) => () => void
}): Promise<void> {
  const projectRoot = findProjectRoot()
  const environment = readEnvironment(options.variables, projectRoot)
  const logger = createLogger()
  if (environment.dataFolder) ensureDataFolder(environment.dataFolder)

  const buildFolder = join(projectRoot, 'build', 'web')
  const workspace = await openWorkspace({
    databaseUrl: environment.databaseUrl,
    environment,
    replayRunner: { workerFile: join(projectRoot, 'build', 'node', 'replay-worker.js') },
  })
  try {
    const server = await startServer({
      workspace,
      buildFolder,
      host: environment.host,
      port: environment.port,
      allowedHosts: environment.allowedHosts,
      logger,
    })
    options.print(`Touchstone is at ${server.url}\n`)
    const goOn = async () => {
      const resumed = (await workspace.replays.resumeUnfinished()) + (await workspace.probes.resumeUnfinished())
      if (resumed > 0) logger.info('continuing replays that were under way', { replays: resumed })
    }
    await goOn()
    const lookAgain = setTimeout(() => {
      goOn().catch((error: unknown) => logger.error('looking for replays to continue failed', { error: String(error) }))
    }, lookAgainMs)
    await new Promise<void>((resolve) => {
      const unsubscribe = options.onInterrupt(() => {
        unsubscribe()
        resolve()
      })
    })
    clearTimeout(lookAgain)
    options.print('Stopping …\n')
    await server.close()
  } finally {
    await workspace.close()
  }
}
