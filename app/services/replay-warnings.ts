import { findPrice, type PriceTable } from '~/domain/pricing/price-table'
import { modelNameOf, type ModelConfiguration } from '~/replay/model-configuration'
import { TouchstoneError } from '~/lib/errors'
import type { TouchstoneDatabase } from '~/storage/database'
import { readAnswerFindings, type AnswerFindings } from '~/storage/sqlite/replay-findings'
import type { ReplayRows } from '~/storage/sqlite/replay-rows'
import { toStorageError } from '~/storage/storage-error'

const mostNamed = 5

/** Keeps with a replay what it warns of while it runs and, at its end, what is found in its answers. */
export function createWarningKeeper(database: TouchstoneDatabase, rows: ReplayRows, replayId: string) {
  let written: Promise<void> = Promise.resolve()
  const write = (work: () => void) => {
    written = written
      .then(() => database.writeLock.run(work))
      .catch((error: unknown) => {
        // A full disk stops the results first, and that is told; a warning is not worth waiting for.
        if (!(toStorageError(error, database.file) instanceof TouchstoneError)) throw error
      })
  }
  return {
    say: (message: string) => write(() => rows.addWarning(replayId, message)),
    /** Resolves when everything is kept. */
    async close(model: ModelConfiguration, prices: PriceTable | null): Promise<void> {
      write(() => rows.keepFindings(replayId, describeFindings(readAnswerFindings(database.raw, replayId), model, prices)))
      await written
    },
  }
}

/** What a reader of a replay's figures should know of the answers behind them. */
export function describeFindings(findings: AnswerFindings, model: ModelConfiguration, prices: PriceTable | null): string[] {
  const { trials, cached, ofUnknownCost } = findings
  const models = countBy(findings, 'providerModel')
  const fingerprints = countBy(findings, 'systemFingerprint')
  return [
    ...(models.length > 1 ? [`The provider answered as more than one model, and the figures mix them: ${list(models)}.`] : []),
    ...(models.length <= 1 && fingerprints.length > 1 ? [`The provider changed its system during the replay: ${list(fingerprints)}.`] : []),
    ...(cached > 0
      ? [
          `${cached === trials ? 'All' : `${count(cached)} of`} ${count(trials)} answers came from the cache: they are in no latency figure.`,
        ]
      : []),
    ...(ofUnknownCost > 0
      ? [
          findPrice(model, prices) === null
            ? `The price of ${modelNameOf(model)} is not known, so neither is what the replay cost.`
            : `The provider did not say how long ${ofUnknownCost === 1 ? 'one answer was: its' : `${count(ofUnknownCost)} answers were: their`} cost is not known and in no sum.`,
        ]
      : []),
  ]
}

type Counted = Array<[name: string, answers: number]>

function countBy({ models }: AnswerFindings, key: 'providerModel' | 'systemFingerprint'): Counted {
  const counts = new Map<string, number>()
  for (const row of models) {
    const name = row[key]
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + row.answers)
  }
  return [...counts].sort(([, left], [, right]) => right - left)
}

const count = (number: number): string => number.toLocaleString('en-GB')

function list(counted: Counted): string {
  const named = counted.slice(0, mostNamed).map(([name, answers]) => `${name} (${count(answers)})`)
  return [...named, ...(counted.length > mostNamed ? [`${counted.length - mostNamed} more`] : [])].join(', ')
}
