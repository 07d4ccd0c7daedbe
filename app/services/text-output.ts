import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TouchstoneError } from '~/lib/errors'

/** Writes pieces of text to a file, as a whole: a run that is stopped leaves an earlier file as it was. */
export async function writeTextFile(file: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const path = resolve(file)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(Readable.from(pieces), createWriteStream(temporary, { encoding: 'utf8' }))
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    if (cause instanceof TouchstoneError || !(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) throw cause
    throw new TouchstoneError(
      'invalid-input',
      `${file} cannot be written (${String(cause.code)}).`,
      'Choose a file in a folder that this user can write to.',
      { cause },
    )
  }
}
