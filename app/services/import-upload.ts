import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { TouchstoneError } from '../lib/errors'
import { createId } from '../lib/ids'

/** A file that somebody handed over to be imported, kept until it was or until it is forgotten. */
export type UploadedFile = { id: string; path: string; name: string; bytes: number }

const folder = join(tmpdir(), 'touchstone-imports')
const forgottenAfterMs = 6 * 3_600_000
const mostBytes = 4_000_000_000
const idPattern = /^[A-Za-z0-9_-]{8,64}$/

/** Streams a file into the folder of uploads. Nothing of it is kept in memory. Throws invalid-input for an empty or oversized file. */
export async function receiveUpload(name: string, body: ReadableStream<Uint8Array>, now: number = Date.now()): Promise<UploadedFile> {
  await forgetOldUploads(now)
  const id = createId()
  const target = join(folder, id)
  await mkdir(target, { recursive: true, mode: 0o700 })
  const path = join(target, safeName(name))
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(bytes > mostBytes ? tooLarge() : null, chunk)
    },
  })
  try {
    await pipeline(Readable.fromWeb(body as NodeReadableStream), counter, createWriteStream(path, { mode: 0o600 }))
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw error
  }
  if (bytes === 0) {
    await rm(target, { recursive: true, force: true })
    throw new TouchstoneError('invalid-input', 'The file is empty.', 'Export it again, or choose another file.')
  }
  return { id, path, name: basename(path), bytes }
}

/** Throws not-found where the upload is unknown or was forgotten. */
export async function findUpload(id: string): Promise<UploadedFile> {
  const files = idPattern.test(id) ? await readdir(join(folder, id)).catch(() => []) : []
  const name = files[0]
  if (name === undefined)
    throw new TouchstoneError(
      'not-found',
      'The file is not here any more.',
      'Choose it again; files that were not imported are kept for six hours.',
    )
  const path = join(folder, id, name)
  return { id, path, name, bytes: (await stat(path)).size }
}

export async function removeUpload(id: string): Promise<void> {
  if (idPattern.test(id)) await rm(join(folder, id), { recursive: true, force: true })
}

async function forgetOldUploads(now: number): Promise<void> {
  for (const id of await readdir(folder).catch(() => [])) {
    const age = await stat(join(folder, id)).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => 0,
    )
    if (age > forgottenAfterMs) await removeUpload(id)
  }
}

/** The last part of the name, without what a file system or a terminal could stumble over; its ending tells the format. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  const safe = last.replace(/[^\p{L}\p{N}._ -]+/gu, '-').replace(/^[.\s-]+/, '')
  return safe.slice(-120) || 'cases.csv'
}

const tooLarge = () =>
  new TouchstoneError(
    'invalid-input',
    'The file is larger than 4 GB.',
    'Compress it with gzip, split it, or import it with the command line.',
  )
