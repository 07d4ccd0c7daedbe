import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { buildName } from '~/lib/build-name'
import { hashText } from '~/lib/hash'
import type { Workspace } from './workspace-api'

/**
 * Names what a file of cases says to a policy: its bytes, the scheme they are read by, and the sources that read them. Null where the sources
 * are not known, or the file cannot be read: then it is read as any other, and that says why.
 */
export async function nameReading(
  workspace: Workspace,
  file: string,
  policySlug: string,
  readBy: string | null = buildName,
): Promise<string | null> {
  if (readBy === null) return null
  const policy = await workspace.policies.find(policySlug)
  if (policy === null) return null
  const bytes = createHash('sha256')
  try {
    await pipeline(createReadStream(file), bytes)
  } catch {
    return null
  }
  return hashText(JSON.stringify(['touchstone.mirrored-file/1', readBy, basename(file), bytes.digest('hex'), policy.scheme]))
}
