import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseCaseLine } from '../app/domain/golden-set/case-line'
import type { GoldenCase } from '../app/domain/golden-set/golden-case'
import { policyDefinitionSchema, type PolicyDefinition } from '../app/domain/policy/policy'
import { TouchstoneError } from '../app/lib/errors'
import { ensureDataFolder, findProjectRoot, readEnvironment } from '../app/lib/environment'
import type { ModelConfiguration } from '../app/replay/model-configuration'
import { openWorkspace } from '../app/services/workspace'
import type { Workspace } from '../app/services/workspace-api'

/**
 * Puts what ships in evals/ into the workspace, already replayed with the rehearsal model, so that the first page shows a real comparison.
 * Every step looks first: a seed that was killed is completed, and what people changed since is left alone.
 */

const author = 'Touchstone'
const goldenName = 'edge-cases'
const rehearsal: ModelConfiguration = { provider: 'touchstone', name: 'rehearsal' }

const projectRoot = findProjectRoot()
const evalsFolder = join(projectRoot, 'evals')
const say = (text: string) => process.stderr.write(`${text}\n`)

async function* readShippedCases(slug: string, definition: PolicyDefinition): AsyncGenerator<GoldenCase> {
  const file = join(evalsFolder, 'golden', slug, 'cases.jsonl')
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file, 'utf8') })) {
    line += 1
    if (text.trim() === '') continue
    const read = parseCaseLine(text, definition.verdicts)
    if (!read.ok) throw new Error(`${file}:${line}: ${read.problems.map((problem) => problem.message).join('; ')}`)
    yield read.case
  }
}

const versionListSchema = z.array(z.object({ file: z.string(), message: z.string() }))

/** The shipped versions of a policy, oldest first, with the message each was made with. */
function readVersions(slug: string): Array<{ text: string; message: string }> {
  const folder = join(evalsFolder, 'prompts', slug)
  const versions = versionListSchema.parse(parse(readFileSync(join(folder, 'versions.yaml'), 'utf8')))
  return versions.map(({ file, message }) => ({ text: readFileSync(join(folder, file), 'utf8'), message }))
}

async function seedPolicy(workspace: Workspace, definition: PolicyDefinition): Promise<void> {
  const { slug } = definition
  const goldenSets = (await workspace.policies.find(slug)) ? await workspace.goldenSets.list(slug) : []
  const replays = await workspace.policies
    .find(slug)
    .then((policy) => (policy ? workspace.replays.list({ policySlug: slug, limit: 1 }) : []))
  if (goldenSets.some((set) => set.head > 0) && replays.some((replay) => replay.status === 'finished')) return

  say(`• Preparing “${definition.name}” …`)
  if (!(await workspace.policies.find(slug))) await workspace.policies.create(definition, author)
  await workspace.policies.setModel(slug, rehearsal)
  if (!goldenSets.some((set) => set.head > 0)) {
    await workspace.goldenSets.importCases({
      policySlug: slug,
      goldenName,
      cases: readShippedCases(slug, definition),
      mode: 'merge',
      author,
      message: 'Cases shipped with Touchstone',
    })
  }
  const numbers: number[] = []
  for (const { text, message } of readVersions(slug)) {
    const { version } = await workspace.prompts.createVersion(slug, { text, message, author })
    numbers.push(version.number)
  }
  // The newest version is what a team would be about to roll out, the one before it what is out.
  const [production, candidate] = [numbers.at(-2) ?? numbers.at(-1), numbers.at(-1)]
  if (production !== undefined)
    await workspace.prompts.moveLabel(slug, { label: 'production', number: production, author, note: 'Shipped this way' })
  if (candidate !== undefined && candidate !== production)
    await workspace.prompts.moveLabel(slug, { label: 'candidate', number: candidate, author, note: 'Shipped this way' })

  const finished: string[] = []
  for (const version of numbers) {
    const { replay } = await workspace.replays.prepare({
      policySlug: slug,
      prompt: { version },
      goldenSet: goldenName,
      model: rehearsal,
      author,
      reuseFinished: true,
    })
    if (replay.status !== 'finished') await workspace.replays.run(replay.id)
    finished.push(replay.id)
  }
  for (const [index, candidate] of finished.entries()) {
    const baseline = finished[index - 1]
    if (baseline !== undefined) await workspace.comparisons.compare(baseline, candidate)
  }
}

async function seed(): Promise<void> {
  const environment = readEnvironment(process.env, projectRoot)
  if (environment.dataFolder) ensureDataFolder(environment.dataFolder)
  const workspace = await openWorkspace({ databaseUrl: environment.databaseUrl, environment, replayRunner: 'inline' })
  try {
    const files = readdirSync(join(evalsFolder, 'policies')).filter((name) => name.endsWith('.yaml'))
    for (const file of files.toSorted()) {
      const definition = policyDefinitionSchema.parse(parse(readFileSync(join(evalsFolder, 'policies', file), 'utf8')))
      await seedPolicy(workspace, definition)
    }
  } finally {
    await workspace.close()
  }
}

try {
  await seed()
} catch (error) {
  if (!(error instanceof TouchstoneError)) throw error
  say(`error: ${error.message}${error.advice ? `\n${error.advice}` : ''}`)
  process.exitCode = 3
}
