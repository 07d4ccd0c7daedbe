import { hash } from 'node:crypto'

/** SHA-256 of a text, lower-case hexadecimal. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex')
}

/** SHA-256 of a text, 32 bytes. */
export function hashToBytes(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** A prompt text as it is stored and hashed: line ends are `\n`, so that an editor on Windows does not make another version. */
export function normaliseLineEnds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
}

/** Identity of a prompt text: SHA-256 after its line ends became `\n`, lower-case hexadecimal. */
export function hashPromptText(text: string): string {
  return hashText(normaliseLineEnds(text))
}
