import { createReadStream, type ReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { createGunzip, type Gunzip } from 'node:zlib'
import { TouchstoneError } from '~/lib/errors'

/** One row, line or element may not be larger: a text longer than this is a mistake in the file, and no model could read it. */
export const maxRecordBytes = 4_000_000

const chunkBytes = 256 * 1024
/** Texts unpack to ten or twenty times their size, tables that repeat themselves to a hundred. */
const mostUnpacked = 400
const smallestBombBytes = 50_000_000

/** The bytes of a file end or break where they should go on. */
export class DamagedFileError extends TouchstoneError {
  constructor(
    file: string,
    /** Without the name of the file. */
    readonly reason: string,
    advice: string,
    options: ErrorOptions = {},
  ) {
    super('invalid-input', `${file} ${reason}.`, advice, options)
  }
}

/** Whether the file starts with the two bytes of gzip. Throws a TouchstoneError where the file cannot be read. */
export async function isGzip(file: string): Promise<boolean> {
  const head = await readHead(file, 2)
  return head[0] === 0x1f && head[1] === 0x8b
}

/** The first bytes of a file as they are on disk. */
export async function readHead(file: string, bytes: number): Promise<Buffer> {
  try {
    const information = await stat(file)
    if (information.isDirectory()) throw new TouchstoneError('invalid-input', `${file} is a folder.`, 'Name the file in it.')
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw readFailure(file, error)
  }
}

/** The bytes of a file, unpacked where it is gzip'd, in chunks. A damaged or truncated gzip throws a TouchstoneError that says so. */
export async function* openBytes(file: string, gzip: boolean): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: chunkBytes })
  const stream = gzip ? unpack(source) : source
  let unpacked = 0
  try {
    for await (const chunk of stream) {
      unpacked += (chunk as Buffer).length
      if (gzip && unpacked > smallestBombBytes && unpacked > source.bytesRead * mostUnpacked)
        throw new DamagedFileError(
          file,
          `unpacks to more than ${mostUnpacked} times its size, as a gzip bomb does`,
          'Unpack it yourself if you know what it is.',
        )
      yield chunk as Buffer
    }
  } catch (error) {
    throw readFailure(file, error)
  } finally {
    source.destroy()
    stream.destroy()
  }
}

function unpack(source: ReadStream): Gunzip {
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  source.on('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip)
}

function readFailure(file: string, error: unknown): unknown {
  if (error instanceof TouchstoneError || !(error instanceof Error)) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const again = `Copy or download ${basename(file)} again.`
  const say = (message: string, advice: string) => new TouchstoneError('invalid-input', message, advice, { cause: error })
  if (code === 'ENOENT') return say(`There is no file ${file}.`, 'Check the path.')
  if (code === 'EACCES' || code === 'EPERM') return say(`${file} cannot be read: permission denied.`, 'Give this user read access to it.')
  if (code === 'Z_BUF_ERROR')
    return new DamagedFileError(file, 'is a gzip file that ends too early: it is truncated', again, { cause: error })
  if (code.startsWith('Z_')) return new DamagedFileError(file, `is a damaged gzip file (${error.message})`, again, { cause: error })
  return error
}
