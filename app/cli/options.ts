import { InvalidArgumentError } from 'commander'

/** Parsers of option values. Each refuses what is outside its range, naming the value. */

export const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value]

export function wholeNumber(minimum: number, maximum: number) {
  return (value: string): number => {
    const number = Number(value)
    if (!/^-?\d+$/.test(value.trim()) || !Number.isSafeInteger(number) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
    return number
  }
}

/** `from` and `to` are allowed values unless `exclusive`. */
export function realNumber(from: number, to: number, exclusive = false) {
  return (value: string): number => {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    const inside = exclusive ? number > from && number < to : number >= from && number <= to
    if (!Number.isFinite(number) || !inside)
      throw new InvalidArgumentError(`It must be a number ${exclusive ? 'between' : 'from'} ${from} ${exclusive ? 'and' : 'to'} ${to}.`)
    return number
  }
}

export function amount(value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value)
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError('It must be a number, 0 or more.')
  return number
}

export function webAddress(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new InvalidArgumentError('It must be an http or https address, such as http://127.0.0.1:8000/v1.')
  return value
}
