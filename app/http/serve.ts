import { join } from 'node:path'
import { ensureDataFolder, findProjectRoot, readEnvironment } from '../lib/environment'
import { createLogger } from '../lib/logger'
import { openWorkspace } from '../services/workspace'
import { startServer } from './server'

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
    const resumed = (await workspace.replays.resumeUnfinished()) + (await workspace.probes.resumeUnfinished())
    if (resumed > 0) logger.info('continuing replays that were under way', { replays: resumed })
    await new Promise<void>((resolve) => {
      const unsubscribe = options.onInterrupt(() => {
        unsubscribe()
        resolve()
      })
    })
    options.print('Stopping …\n')
    await server.close()
  } finally {
    await workspace.close()
  }
}
