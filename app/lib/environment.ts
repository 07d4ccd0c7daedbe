import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { TouchstoneError } from './errors'

export type Environment = {
  databaseUrl: string
  /** The folder of the embedded database, null where DATABASE_URL names another kind. */
  dataFolder: string | null
  openaiApiKey: string | null
  openaiBaseUrl: string | null
  /** US dollars that all replays of the workspace may cost; the lower of this and what is set in the workspace counts. */
  maxCostUsd: number | null
  host: string
  port: number
  /** Names that the server is reached by, beside localhost and HOST. */
  allowedHosts?: string[]
  /** Origins beside OpenAI's, OPENAI_BASE_URL's and this machine that the key may be sent to: who named them gave the key too. */
  openaiKeyOrigins?: string[]
}

const environmentSchema = z.object({
  OPENAI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word of printable ASCII, without spaces or line breaks')
    .optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  MAX_COST_USD: z
    .string()
    .regex(/^\d+(?:\.\d+)?$/, 'must be an amount in US dollars, such as 25 or 0.5')
    .transform(Number)
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^file:./, 'must start with "file:" (the embedded SQLite database)')
    .optional(),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]_-]+$/, 'must be a host name or an address')
    .default('127.0.0.1'),
  ALLOWED_HOSTS: z
    .string()
    .transform((names) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.string().regex(/^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])$/, 'must be host names without ports, separated by commas')))
    .default([]),
  PORT: z.coerce
    .number({ error: 'must be a number from 0 to 65535' })
    .int('must be a whole number')
    .min(0, 'must be 0 or more')
    .max(65535, 'must be 65535 or less')
    .default(3000),
})

/** Never printed: the value of a variable that may hold a secret. */
const secretVariables = new Set(['OPENAI_API_KEY'])

/** The folder that holds package.json, above wherever this code was bundled to. */
export function findProjectRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  let folder = from
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) return process.cwd()
    folder = parent
  }
  return folder
}

/**
 * Reads the environment once at start; an empty variable counts as unset. Throws a TouchstoneError that names each bad variable with its
 * value (a key's value is never shown).
 */
export function readEnvironment(
  variables: Record<string, string | undefined> = process.env,
  projectRoot: string = findProjectRoot(),
): Environment {
  const given = Object.fromEntries(
    Object.keys(environmentSchema.shape).map((name) => [name, variables[name] === '' ? undefined : variables[name]]),
  )
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0])
      return secretVariables.has(name) ? `${name} ${issue.message}` : `${name}=${JSON.stringify(given[name])}: ${issue.message}`
    })
    throw new TouchstoneError(
      'configuration',
      `The environment is not usable: ${problems.join('; ')}.`,
      'Correct or unset the variable and start again.',
    )
  }
  const values = parsed.data
  const databaseUrl = values.DATABASE_URL
    ? `file:${resolve(projectRoot, values.DATABASE_URL.slice('file:'.length))}`
    : `file:${join(projectRoot, 'data', 'touchstone.db')}`
  return {
    databaseUrl,
    dataFolder: dirname(databaseUrl.slice('file:'.length)),
    openaiApiKey: values.OPENAI_API_KEY ?? null,
    openaiBaseUrl: values.OPENAI_BASE_URL ?? null,
    maxCostUsd: values.MAX_COST_USD ?? null,
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.ALLOWED_HOSTS,
  }
}

/** One folder at a time: Node's recursive mkdir never returns where the file system answers ENOENT for a folder whose parent is there. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** Makes the data folder and says in one sentence why it cannot be used. */
export function ensureDataFolder(folder: string): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw new TouchstoneError(
      'storage',
      `The data folder ${folder} cannot be written.`,
      'Give this user write access to it, or set DATABASE_URL=file:/another/folder/touchstone.db.',
      { cause },
    )
  }
}
