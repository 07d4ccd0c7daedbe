// claim-and-commit URL REPLAY OWNER [CLAIMS]: claims trials and commits results until none is pending, and prints each trial that it was
// handed as "CASE/EPOCH". After CLAIMS claims, when given, it kills itself while it holds the last.
import { writeSync } from 'node:fs'
import { openDatabase } from '~/storage/database'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { trialResult } from '../replays'

const [url = '', replayId = '', owner = '', claimsText] = process.argv.slice(2)
const database = await openDatabase(url)
const store = new SqliteReplayStore(database)

for (let claims = 1; ; claims += 1) {
  const trials = await store.claimPending({ replayId, owner, limit: 7, nowMs: Date.now(), leaseMs: 3_600_000 })
  for (const {
    case: { id },
    epoch,
  } of trials)
    writeSync(1, `${id}/${epoch}\n`)
  if (claims === Number(claimsText)) process.kill(process.pid, 'SIGKILL')
  if (trials.length === 0) break
  await store.commit(
    replayId,
    trials.map(({ case: { id }, epoch }) => trialResult({ caseId: id, epoch, rawAnswer: `${owner} says ${id}` })),
    Date.now(),
  )
}
await database.close()
