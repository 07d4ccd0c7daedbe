// Whether the bundled command line is older than its sources. Every command pays for this look, so it is a module of its own that loads
// little and asks for one date a file.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = fileURLToPath(new URL('..', import.meta.url))
export const commandLineFile = join(projectRoot, 'build', 'node', 'cli.js')

const isMade = (name) => name === 'generated' || name === 'node_modules'

/** Every file of a folder in the order of their names; what is made from the others is left out. */
export function* filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (isMade(entry.name)) continue
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* filesBelow(path)
    else yield path
  }
}

/** Whether a source is newer than the bundled command line: looks at dates only. */
export function isNodeSideOld() {
  const built = statSync(commandLineFile, { throwIfNoEntry: false })
  if (!built) return true
  const isNewer = (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > built.mtimeMs
  if (isNewer(join(projectRoot, 'package-lock.json'))) return true
  for (const folder of ['app', 'prisma']) {
    if (!existsSync(join(projectRoot, folder))) continue
    for (const file of filesBelow(join(projectRoot, folder))) if (isNewer(file)) return true
  }
  return false
}
