import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export const migrationsFolder = (projectRoot: string): string => join(projectRoot, 'prisma', 'migrations')

/** The migrations of a project in the order in which they apply. */
export function listMigrationNames(projectRoot: string): string[] {
  return readdirSync(migrationsFolder(projectRoot), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
