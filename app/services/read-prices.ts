import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { priceTableSchema, type PriceTable } from '~/domain/pricing/price-table'
import { TouchstoneError } from '~/lib/errors'

/** The workspace's own price table, `prices.json` in the data folder (`touchstone.prices/1`); null when there is none. */
export function readPrices(dataFolder: string | null): PriceTable | null {
  const file = dataFolder === null ? null : join(dataFolder, 'prices.json')
  if (file === null || !existsSync(file)) return null
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new TouchstoneError('configuration', `The price table ${file} is not valid JSON.`, 'Repair or remove the file.', { cause })
  }
  const parsed = priceTableSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw new TouchstoneError('configuration', `The price table ${file} is not usable: ${issues.join('; ')}.`, 'Repair or remove the file.')
}
