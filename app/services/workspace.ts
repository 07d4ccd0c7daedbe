import { dirname, join } from 'node:path'
import type { Environment } from '~/lib/environment'
import { createLogger, type Logger } from '~/lib/logger'
import { openDatabase } from '~/storage/database'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { ReplayScores } from '~/storage/sqlite/replay-scores'
import { createAnnotationService } from './annotations'
import { createComparisonService } from './comparisons'
import { createContrastService } from './contrasts'
import { createReviewService } from './decisions'
import { createGoldenSetService } from './golden-sets'
import { createHealthService } from './health'
import { createHoldoutService } from './holdout'
import { createPolicyService } from './policies'
import { createProbeService } from './probes'
import { createPromptService } from './prompts'
import { readPrices } from './read-prices'
import { createReplayService } from './replays'
import { createRunDesk } from './run-desk'
import type { Workspace } from './workspace-api'

export type OpenWorkspaceOptions = {
  /** `file:PATH`. */
  databaseUrl: string
  environment: Environment
  /** Where replays that the app starts run: in this process, or in a thread that runs `workerFile`. */
  replayRunner: 'inline' | { workerFile: string }
  /** How providers are asked; by default over one pool of connections. Not for the thread, which has its own. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds since the epoch. */
  now?: () => number
  logger?: Logger
}

/** Opens a workspace: the one place where the use cases meet the database and the providers. */
export async function openWorkspace(options: OpenWorkspaceOptions): Promise<Workspace> {
  const { databaseUrl, environment, replayRunner, fetch, now = Date.now, logger = createLogger() } = options
  const prices = readPrices(environment.dataFolder)
  const database = await openDatabase(databaseUrl)
  const quotedCases = new QuotedCases(database)
  const scores = new ReplayScores(database.raw, quotedCases)
  const goldenSets = createGoldenSetService({ database, quotedCases, now })
  const desk = createRunDesk({
    database,
    environment,
    runner: replayRunner,
    prices,
    ...(fetch ? { fetch } : {}),
    onFailure: (replayId, error) =>
      logger.error(`the replay stopped: ${error instanceof Error ? error.message : String(error)}`, { replay: replayId }),
  })
  const replays = createReplayService({ database, scores, quotedCases, desk, now, streamCases: goldenSets.stream })
  const workerFile = replayRunner === 'inline' ? null : join(dirname(replayRunner.workerFile), 'health-worker.js')
  const health = createHealthService({ database, goldenSets, scores, now, workerFile })
  return {
    goldenSets,
    prompts: createPromptService({ database, scores, now }),
    policies: createPolicyService({ database, scores, goldenSets, replays, now }),
    replays,
    probes: createProbeService({ database, desk, goldenSets, now }),
    comparisons: createComparisonService({ database, quotedCases, now }),
    contrasts: createContrastService({ database, goldenSets, now }),
    annotations: createAnnotationService({ database, goldenSets, now }),
    reviews: createReviewService({ database, goldenSets, now }),
    health,
    holdout: createHoldoutService({ database, goldenSets, now }),
    async close() {
      await Promise.all([desk.close(), health.close()])
      await database.close()
    },
  }
}
