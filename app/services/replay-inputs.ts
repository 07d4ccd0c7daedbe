import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { slugSchema, type PolicyDefinition } from '~/domain/policy/policy'
import { parsePolicyDefinition } from '~/domain/policy/policy-definition'
import { describeYamlProblems } from '~/domain/policy/yaml-text'
import { TouchstoneError } from '~/lib/errors'
import { goldenNameOf } from './golden-name'
import type { ImportFileReport, ImportRefusedError } from './import-file'
import { nameReading } from './mirrored-file'
import type { Author, ReplayRequest, Workspace } from './workspace-api'

/** What a command line or a suite names: files, or what the workspace has. */
export type ReplayInputs = {
  /** A file, or `POLICY@VERSION`, where VERSION is a number or a label. */
  prompt: string
  /** A file, or `POLICY/NAME[@REVISION]`; `POLICY` alone where it has one golden set. */
  golden: string
  /** A policy file (YAML) or the slug of a policy; by default the one that the golden set belongs to. */
  policy?: string
  author: Author
  /** Names the sources that read a golden file: see mirrored-file.ts. */
  readBy?: string
  onProgress?: (progress: { rows: number }) => void
}

export type ResolvedGolden = {
  policySlug: string
  goldenSet: string
  /** Undefined: the newest. */
  goldenRevision?: number
  /** What happened to a golden file: it is mirrored into the workspace. Null where the set is what the file says already. */
  imported: ImportFileReport | null
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()

/** Finds the golden set; a file is mirrored into the workspace first, under the policy that it belongs to. */
export async function resolveGolden(workspace: Workspace, inputs: Omit<ReplayInputs, 'prompt'>): Promise<ResolvedGolden> {
  const policySlug = inputs.policy === undefined ? undefined : await resolvePolicy(workspace, inputs.policy, inputs.author)
  if (isFile(inputs.golden)) {
    const slug = policySlug ?? policySlugOf(inputs.golden)
    const nameOfReading = () => nameReading(workspace, inputs.golden, slug, inputs.readBy)
    const reading = await nameOfReading()
    const mirrored = reading && (await workspace.goldenSets.findMirrored(slug, goldenNameOf(inputs.golden), reading))
    if (mirrored) return { policySlug: slug, goldenSet: mirrored.goldenSet, goldenRevision: mirrored.revision, imported: null }
    const { importFile, ImportRefusedError } = await import('./import-file')
    const mirror = (goldenName: string, dryRun: boolean) =>
      importFile(workspace, {
        file: inputs.golden,
        policySlug: slug,
        goldenName,
        mode: 'mirror',
        dryRun,
        author: inputs.author,
        message: `Read from ${basename(inputs.golden)}`,
        ...(inputs.onProgress ? { onProgress: inputs.onProgress } : {}),
      }).catch((error: unknown) => {
        throw error instanceof ImportRefusedError ? namingProblems(error) : error
      })
    const goldenSet = await findSameSet(workspace, slug, goldenNameOf(inputs.golden), (name) => mirror(name, true))
    const imported = await mirror(goldenSet, false)
    // Not where the file or the scheme changed while it was read: what was read is then not what the name says.
    if (reading && reading === (await nameOfReading()))
      await workspace.goldenSets.rememberMirrored(slug, goldenSet, { reading, revision: imported.revision })
    return { policySlug: slug, goldenSet, goldenRevision: imported.revision, imported }
  }
  const reference = /^([a-z0-9][a-z0-9-]*)(?:\/([^@/]+))?(?:@(\d+))?$/.exec(inputs.golden)
  if (!reference)
    throw new TouchstoneError(
      'invalid-input',
      `There is no golden set ${JSON.stringify(inputs.golden)}: it is neither a file nor POLICY/NAME.`,
      'Name a file of cases, or POLICY/NAME as "touchstone policies" lists them.',
    )
  const [, slug = '', name, revision] = reference
  const owner = policySlug ?? slug
  if (policySlug !== undefined && policySlug !== slug)
    throw new TouchstoneError(
      'invalid-input',
      `The golden set ${inputs.golden} is not one of the policy ${policySlug}.`,
      'Leave --policy out, or name a golden set of that policy.',
    )
  const goldenSet = name === undefined ? await onlyGoldenSet(workspace, owner) : await spelledAsStored(workspace, owner, name)
  const summary = await workspace.goldenSets.get(owner, goldenSet)
  return {
    policySlug: owner,
    goldenSet: summary.name,
    ...(revision === undefined ? {} : { goldenRevision: Number(revision) }),
    imported: null,
  }
}

/** Sets larger than this are not read twice to see whether they are the same. */
const mostCasesToMatch = 20_000

/**
 * Where the policy has no set of this name, but one under another name that holds exactly what the file does (the app's, brought in before),
 * that one: a gate and the app then speak of one set. Otherwise the name itself.
 */
async function findSameSet(
  workspace: Workspace,
  slug: string,
  goldenName: string,
  tryMirror: (goldenName: string) => Promise<ImportFileReport>,
): Promise<string> {
  const sets = (await workspace.policies.find(slug)) ? await workspace.goldenSets.list(slug) : []
  if (sets.some(({ name }) => name === goldenName)) return goldenName
  for (const { name, caseCount } of sets) {
    if (caseCount === 0 || caseCount > mostCasesToMatch) continue
    const { added, changed, relabelled, removed } = await tryMirror(name)
    if (added + changed + relabelled + removed === 0) return name
  }
  return goldenName
}

const mostProblems = 5

/** Whoever replays or gates a file sees what is wrong with it where, as an import shows it. */
function namingProblems({ message, problems, problemCount }: ImportRefusedError): TouchstoneError {
  const lines = problems
    .slice(0, mostProblems)
    .map(
      ({ file, line, column, message: what }) =>
        `${file}${line === null ? '' : `:${line}`}: ${column === null ? '' : `[${column}] `}${what}`,
    )
  const more = problemCount > lines.length ? [`… and ${problemCount - lines.length} more.`] : []
  return new TouchstoneError(
    'invalid-input',
    [message, ...lines, ...more].join('\n'),
    'Repair the file; "touchstone import" shows every problem.',
  )
}

/** `test_suite` names the set that was made of `test_suite.csv`, although it is stored as `test-suite`; an exact name comes first. */
async function spelledAsStored(workspace: Workspace, slug: string, name: string): Promise<string> {
  const names = (await workspace.goldenSets.list(slug)).map((set) => set.name)
  return names.includes(name) ? name : (names.find((stored) => stored === goldenNameOf(name)) ?? name)
}

async function onlyGoldenSet(workspace: Workspace, slug: string): Promise<string> {
  const sets = await workspace.goldenSets.list(slug)
  const [only] = sets
  if (only && sets.length === 1) return only.name
  const names = sets.map((set) => `${slug}/${set.name}`).join(', ')
  throw new TouchstoneError(
    'invalid-input',
    sets.length === 0 ? `The policy ${slug} has no golden set.` : `The policy ${slug} has several golden sets.`,
    sets.length === 0 ? `Import one: touchstone import FILE --policy ${slug}.` : `Name one: ${names}.`,
  )
}

/** A policy file makes the policy, or brings in the labels, rules and severities that the stored one lacks. Returns the slug. */
export async function resolvePolicy(workspace: Workspace, policy: string, author: Author): Promise<string> {
  if (!isFile(policy)) {
    if (slugSchema.safeParse(policy).success) return policy
    throw new TouchstoneError('not-found', `There is no policy file ${policy}.`, 'Name a policy file (YAML) or the slug of a policy.')
  }
  const definition = await readPolicyFile(policy)
  if (await workspace.policies.find(definition.slug)) await workspace.policies.extendScheme(definition.slug, definition.verdicts)
  else await workspace.policies.create(definition, author)
  return definition.slug
}

/** Reads a `touchstone.policy/1` file. Throws a TouchstoneError that names each problem with its line. */
export async function readPolicyFile(file: string): Promise<PolicyDefinition> {
  const reading = parsePolicyDefinition(await readFile(file, 'utf8'), file)
  if (reading.ok) return reading.value
  throw new TouchstoneError('invalid-input', describeYamlProblems(reading.problems), 'Repair the policy file.')
}

const genericNames = new Set(['cases', 'golden', 'data', 'test', 'tests', 'train', 'examples'])

/** `golden/community-hate/cases.jsonl` → `community-hate`; `edge-cases.csv` → `edge-cases`. */
export function policySlugOf(file: string): string {
  const name = goldenNameOf(file)
  const folder = basename(dirname(resolve(file)))
  const slug = genericNames.has(name) && folder ? goldenNameOf(folder) : name
  return slugSchema.safeParse(slug).success ? slug : name
}

/** The prompt of a replay. A file becomes a version of the policy: the same text is the same version. */
export async function resolvePrompt(
  workspace: Workspace,
  policySlug: string,
  prompt: string,
  author: Author,
): Promise<ReplayRequest['prompt'] & { version: number; created: boolean }> {
  if (isFile(prompt)) {
    const text = await readFile(prompt, 'utf8')
    if (text.trim() === '')
      throw new TouchstoneError('invalid-input', `The prompt file ${prompt} is empty.`, 'Write the instructions in it.')
    return keepVersion(workspace, policySlug, text, basename(prompt), author)
  }
  const at = prompt.lastIndexOf('@')
  if (at < 1) throw new TouchstoneError('not-found', `There is no prompt file ${prompt}.`, 'Name a file, or a version as POLICY@VERSION.')
  const slug = prompt.slice(0, at)
  const number = await resolveVersion(workspace, slug, prompt.slice(at + 1))
  if (slug === policySlug) return { version: number, created: false }
  const { text } = await workspace.prompts.versionText(slug, number)
  return keepVersion(workspace, policySlug, text, prompt, author)
}

async function keepVersion(workspace: Workspace, policySlug: string, text: string, message: string, author: Author) {
  const { version, created } = await workspace.prompts.createVersion(policySlug, { text, message, author })
  return { version: version.number, created }
}

/** `7`, `v7` or a label such as `production` → the version's number. */
async function resolveVersion(workspace: Workspace, slug: string, written: string): Promise<number> {
  const versions = await workspace.prompts.versions(slug)
  const number = /^v?(\d+)$/.exec(written)?.[1]
  const found =
    number === undefined
      ? versions.find((version) => version.labels.includes(written))
      : versions.find((version) => version.number === Number(number))
  if (found) return found.number
  const known = versions.map((version) => [version.number, ...version.labels].join(' = ')).join(', ')
  throw new TouchstoneError(
    'not-found',
    `The policy ${slug} has no version ${JSON.stringify(written)}.`,
    known ? `Its versions are: ${known}.` : 'Save one in the app, or replay a prompt file.',
  )
}
