import type { Environment } from '~/lib/environment'
import { TouchstoneError } from '~/lib/errors'
import { openDatabase } from '~/storage/database'
import { ReplayScores } from '~/storage/sqlite/replay-scores'
import { createComparisonService } from './comparisons'
import { createGoldenSetService } from './golden-sets'
import { createPolicyService } from './policies'
import { createPromptService } from './prompts'
import type { ReplayService, Workspace } from './workspace-api'

export type OpenWorkspaceOptions = {
  /** `file:PATH`. */
  databaseUrl: string
  environment: Environment
  /** Where replays that the app starts run: in this process, or in a thread that runs `workerFile`. */
  replayRunner: 'inline' | { workerFile: string }
  /** Milliseconds since the epoch. */
  now?: () => number
}

/** Opens a workspace: the one place where the use cases meet the database and the providers. */
export async function openWorkspace({ databaseUrl, now = Date.now }: OpenWorkspaceOptions): Promise<Workspace> {
  const database = await openDatabase(databaseUrl)
  const scores = new ReplayScores(database.raw)
  const goldenSets = createGoldenSetService({ database, now })
  const replays = notWired<ReplayService>('replays')
  return {
    goldenSets,
    prompts: createPromptService({ database, scores, now }),
    policies: createPolicyService({ database, scores, goldenSets, replays: { list: async () => [] }, now }),
    replays,
    comparisons: createComparisonService({ database, now }),
    close: () => database.close(),
  }
}

/** Stands where a service is not wired yet: every use says so. */
function notWired<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get(_target, method) {
      return () => {
        throw new TouchstoneError('configuration', `This workspace has no ${name} (${String(method)} was asked for).`)
      }
    },
  })
}
