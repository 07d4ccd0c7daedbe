import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser'
import { afterAll, describe, expect, test } from 'vitest'
import configuration from '../../.dependency-cruiser.mjs'

const projectRoot = resolve(import.meta.dirname, '../..')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Lays out a small project with the given files, checks it with the project's own rules and returns the names of the rules broken. */
async function brokenRules(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-imports-'))
  folders.push(folder)
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(
    join(folder, 'package.json'),
    '{ "type": "module", "dependencies": { "ai": "*", "better-sqlite3": "*", "csv-parse": "*", "zod": "*" } }',
  )
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const { tsConfig: _, ...options } = configuration.options
  const result = await cruise(['app'], {
    ...options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: configuration.forbidden } as IFlattenedRuleSet,
  })
  return (result.output as ICruiseResult).summary.violations.map((violation) => violation.rule.name)
}

const importing = (path: string) => `import '${path}'\n`
const target = 'export const value = 1\n'

describe('a seeded violation is caught', () => {
  const seeded: Array<[rule: string, files: Record<string, string>]> = [
    ['room-domain', { 'app/domain/a.ts': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-replay', { 'app/replay/a.ts': importing('../providers/b'), 'app/providers/b.ts': target }],
    ['room-providers', { 'app/providers/a.ts': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-storage', { 'app/storage/a.ts': importing('../services/b'), 'app/services/b.ts': target }],
    ['room-formats', { 'app/formats/a.ts': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-services', { 'app/services/a.ts': importing('../routes/b'), 'app/routes/b.ts': target }],
    ['room-http', { 'app/http/a.ts': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-routes', { 'app/routes/a.tsx': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-cli', { 'app/cli/a.ts': importing('../storage/b'), 'app/storage/b.ts': target }],
    ['room-components', { 'app/components/a.tsx': importing('../services/b'), 'app/services/b.ts': target }],
    ['room-lib', { 'app/lib/a.ts': importing('../services/b'), 'app/services/b.ts': target }],
    ['domain-is-pure', { 'app/domain/a.ts': importing('better-sqlite3') }],
    ['domain-no-io', { 'app/domain/a.ts': importing('node:fs') }],
    ['replay-over-ports', { 'app/replay/a.ts': importing('node:fs') }],
    ['storage-behind-replay-ports', { 'app/storage/a.ts': importing('../replay/engine'), 'app/replay/engine.ts': target }],
    ['command-line-over-services', { 'app/cli/a.ts': importing('../replay/engine'), 'app/replay/engine.ts': target }],
    ['components-no-node', { 'app/components/a.ts': importing('node:path') }],
    ['only-providers-ask-models', { 'app/services/a.ts': importing('ai') }],
    ['only-storage-opens-databases', { 'app/services/a.ts': importing('better-sqlite3') }],
    ['only-formats-parse-files', { 'app/services/a.ts': importing('csv-parse') }],
    ['nothing-imports-tests', { 'app/services/a.ts': importing('../../test/b'), 'test/b.ts': target }],
    ['no-circular', { 'app/domain/a.ts': importing('./b'), 'app/domain/b.ts': importing('./a') }],
    ['no-unresolvable', { 'app/domain/a.ts': importing('./nowhere') }],
  ]
  test.each(seeded)('%s', async (rule, files) => {
    expect(await brokenRules(files)).toContain(rule)
  })

  test('every rule has a seeded violation', () => {
    expect(seeded.map(([rule]) => rule).sort()).toEqual(configuration.forbidden.map((rule) => rule.name).sort())
  })
})

test('an allowed import is not reported', async () => {
  expect(await brokenRules({ 'app/services/a.ts': importing('../domain/b'), 'app/domain/b.ts': importing('zod') })).toEqual([])
})
