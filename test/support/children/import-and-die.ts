// import-and-die URL ROWS TURNS [SET]: imports ROWS new cases as a mirror into SET (default: edge-cases) and kills itself TURNS turns of the event loop after the last was read
// (0: while they are read). Prints "done" when it was not quick enough.
import { createGoldenSetService } from '~/services/golden-sets'
import { openDatabase } from '~/storage/database'
import { goldenCases } from '../golden-cases'

const [url = '', rowsText = '0', turnsText = '0', goldenName = 'edge-cases'] = process.argv.slice(2)
const rows = Number(rowsText)
const turns = Number(turnsText)

const die = () => process.kill(process.pid, 'SIGKILL')
function countDown(left: number) {
  if (left === 0) die()
  else setImmediate(() => countDown(left - 1))
}

async function* cases() {
  let read = 0
  for (const one of goldenCases(rows, (index) => ({ id: `new-${index}`, content: `New ${index}` }))) {
    read += 1
    if (turns === 0 && read === Math.floor(rows / 2)) die()
    yield one
  }
  countDown(turns)
}

const database = await openDatabase(url)
await createGoldenSetService({ database, now: Date.now }).importCases({
  policySlug: 'chat',
  goldenName,
  cases: cases(),
  mode: 'mirror',
  author: 'child',
  message: 'interrupted',
})
process.stdout.write('done')
process.exit(0)
