import { openWorkspace } from '~/services/workspace'

/** A process that runs one replay: `node replay-child.mjs DATABASE_FILE REPLAY_ID`. Tests kill it. */
const [databaseFile = '', replayId = ''] = process.argv.slice(2)
const databaseUrl = `file:${databaseFile}`
const workspace = await openWorkspace({
  databaseUrl,
  environment: { databaseUrl, dataFolder: null, openaiApiKey: null, openaiBaseUrl: null, maxCostUsd: null, host: '127.0.0.1', port: 0 },
  replayRunner: 'inline',
})
const report = await workspace.replays.run(replayId)
await workspace.close()
process.stdout.write(JSON.stringify({ status: report.status, done: report.done, calls: report.progress.calls }))
