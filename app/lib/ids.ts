import { randomBytes } from 'node:crypto'

/** Crockford's base 32 in lower case: sorts as it counts, and holds no letter that reads as a digit. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const timeLength = 9
const randomLength = 11

let lastTime = -1
let lastRandom: number[] = []

/**
 * A new id: 20 characters that are safe in a URL and a file name, of which 9 are the time and 11 random (55 bits). Ids sort by the
 * millisecond they were made in and, within one process, strictly in the order they were made.
 */
export function createId(nowMs: number = Date.now()): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 45) throw new RangeError(`an id cannot be made for the time ${nowMs}`)
  // A clock that was set back must not make later ids sort before earlier ones.
  const time = Math.max(nowMs, lastTime)
  lastRandom = time === lastTime ? increment(lastRandom) : Array.from(randomBytes(randomLength), (byte) => byte & 31)
  lastTime = time
  let text = timeText(time)
  for (const digit of lastRandom) text += digits[digit]
  return text
}

/** What every id made at or after that time is at least: for "older than" by comparison of ids. */
export function smallestIdAt(timeMs: number): string {
  return timeText(Math.max(0, Math.floor(timeMs))).padEnd(timeLength + randomLength, '0')
}

function timeText(time: number): string {
  let text = ''
  for (let place = timeLength - 1; place >= 0; place -= 1) text += digits[Math.floor(time / 32 ** place) % 32]
  return text
}

function increment(random: number[]): number[] {
  const next = [...random]
  for (let place = next.length - 1; place >= 0; place -= 1) {
    const digit = next[place] ?? 0
    if (digit < 31) {
      next[place] = digit + 1
      return next
    }
    next[place] = 0
  }
  return next
}
