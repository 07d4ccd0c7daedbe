import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SqliteHandle } from '../database'

const packings = { plain: 0, deflated: 1 } as const
/** Below this, deflating costs more time than it saves room. */
const worthDeflatingBytes = 512

/** Texts whose hash is remembered, and the longest of them, in characters: a text is kept for its trial right after it was kept for the cache. */
const rememberedTexts = 512
const longestRemembered = 4_096

/** The hash under which a text is kept. */
class TextHashes {
  private young = new Map<string, Buffer>()
  private old = new Map<string, Buffer>()

  of(text: string): Buffer {
    const known = this.young.get(text) ?? this.old.get(text)
    if (known) return known
    const hash = createHash('sha256').update(text, 'utf8').digest()
    this.remember(text, hash)
    return hash
  }

  /** `hash` in hexadecimal, or as bytes. */
  remember(text: string, hash: string | Buffer): void {
    if (text.length > longestRemembered) return
    this.young.set(text, typeof hash === 'string' ? Buffer.from(hash, 'hex') : hash)
    if (this.young.size < rememberedTexts) return
    this.old = this.young
    this.young = new Map()
  }
}

const hashes = new TextHashes()

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
    const hash = hashes.of(text)
    if (this.find.get(hash) !== undefined) return hash
    const bytes = Buffer.from(text, 'utf8')
    const deflated = bytes.length < worthDeflatingBytes ? bytes : deflateRawSync(bytes)
    if (deflated.length < bytes.length) this.insert.run(hash, packings.deflated, deflated)
    else this.insert.run(hash, packings.plain, bytes)
    return hash
  }
}

export function unpackAnswer({ packing, body }: { packing: number; body: Buffer }): string {
  return (packing === packings.deflated ? inflateRawSync(body) : body).toString('utf8')
}

/** Of the table Answer as `a`: its text, or its bytes where they are deflated, and its hash as hexadecimal text. */
export const knownAnswerColumns = `iif(a.packing = ${packings.plain}, CAST(a.body AS TEXT), a.body), hex(a.hash)`

/** The text of {@link knownAnswerColumns}, which will be kept again. */
export function unpackKnownAnswer(body: string | Buffer, hash: string): string {
  const text = typeof body === 'string' ? body : inflateRawSync(body).toString('utf8')
  hashes.remember(text, hash)
  return text
}
