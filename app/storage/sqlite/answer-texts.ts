import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SqliteHandle } from '../database'

const packings = { plain: 0, deflated: 1 } as const
/** Below this, deflating costs more time than it saves room. */
const worthDeflatingBytes = 512

/** Answer texts, each kept once however often it was given, deflated where that makes it smaller. Writes belong inside a transaction. */
export class AnswerTexts {
  private readonly find
  private readonly insert

  constructor(handle: SqliteHandle) {
    this.find = handle.prepare<[Buffer], number>(`SELECT 1 FROM Answer WHERE hash = ?`).pluck()
    this.insert = handle.prepare<[Buffer, number, Buffer]>(
      `INSERT INTO Answer (hash, packing, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
    )
  }

  /** Keeps the text and returns its hash, by which it is read. */
  keep(text: string): Buffer {
    const bytes = Buffer.from(text, 'utf8')
    const hash = createHash('sha256').update(bytes).digest()
    if (this.find.get(hash) !== undefined) return hash
    const deflated = bytes.length < worthDeflatingBytes ? bytes : deflateRawSync(bytes)
    if (deflated.length < bytes.length) this.insert.run(hash, packings.deflated, deflated)
    else this.insert.run(hash, packings.plain, bytes)
    return hash
  }
}

export function unpackAnswer({ packing, body }: { packing: number; body: Buffer }): string {
  return (packing === packings.deflated ? inflateRawSync(body) : body).toString('utf8')
}
