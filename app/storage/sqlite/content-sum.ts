import { hashToBytes } from '../../lib/hash'

/**
 * The content hash of a golden set: the sum modulo 2^256 of the SHA-256 of every case (its id and state). It does not depend on the order
 * of the cases, and an edit of one case in a million costs one subtraction and one addition. 64 hexadecimal digits.
 */
export class ContentSum {
  static readonly modulus = 2n ** 256n
  private total: bigint
  /** Eight 32-bit columns, added as numbers and folded into `total` before they can lose a bit. */
  private readonly columns = new Float64Array(8)
  private pending = 0

  constructor(hexadecimal: string | null = null) {
    this.total = hexadecimal === null ? 0n : BigInt(`0x${hexadecimal}`)
  }

  add(caseId: string, stateHash: Buffer): void {
    this.accumulate(caseId, stateHash, 1)
  }

  subtract(caseId: string, stateHash: Buffer): void {
    this.accumulate(caseId, stateHash, -1)
  }

  toString(): string {
    this.fold()
    return this.total.toString(16).padStart(64, '0')
  }

  private accumulate(caseId: string, stateHash: Buffer, sign: 1 | -1): void {
    const hash = hashToBytes(`${stateHash.toString('base64')} ${caseId}`)
    for (let column = 0; column < 8; column += 1) this.columns[column] = (this.columns[column] ?? 0) + sign * hash.readUInt32BE(column * 4)
    this.pending += 1
    if (this.pending === 2 ** 20) this.fold()
  }

  private fold(): void {
    for (const [column, value] of this.columns.entries()) this.total += BigInt(value) << BigInt(32 * (7 - column))
    this.columns.fill(0)
    this.pending = 0
    this.total = ((this.total % ContentSum.modulus) + ContentSum.modulus) % ContentSum.modulus
  }
}
