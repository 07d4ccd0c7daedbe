// The steps that `npm start`, `npm test` and `npm run build` share. Node's own modules only: this runs before anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { commandLineFile, filesBelow, projectRoot } from './node-side.mjs'

export { projectRoot }
const minimumNode = [20, 19]
const stampFolder = join(projectRoot, 'node_modules', '.touchstone')

/** A failure with one clear sentence for the person who typed the command. */
export class StepError extends Error {}

export const say = (text) => process.stderr.write(`${text}\n`)

/** Runs the steps of a command; a StepError is one sentence and exit code 3, a bug keeps its stack. */
export async function runSteps(work) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    say(`\n✗ ${error.message}`)
    process.exit(3)
  }
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < minimumNode[0] || (major === minimumNode[0] && minor < minimumNode[1]))
    throw new StepError(
      `Touchstone needs Node ${minimumNode.join('.')} or newer; this is ${process.versions.node}. Install a current Node and run the command again.`,
    )
}

/** Runs a step when `fresh()` says its result is out of date, and says what it does and how long it took. */
async function step(title, isFresh, work) {
  if (isFresh()) return
  say(`• ${title} …`)
  const startedAt = Date.now()
  await work()
  say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

/** Runs a program; its output is shown as it comes and also returned. Rejects with the exit code. */
function run(command, args, { env = {}, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
        if (!quiet) process.stderr.write(chunk)
      })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(Object.assign(new Error(`${command} ${args.join(' ')} ended with code ${code}`), { output, code })),
    )
  })
}

const bin = (name) => join(projectRoot, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)

// ------------------------------------------------------------------------------------------------------------- freshness

const filesAt = (path) => (statSync(path, { throwIfNoEntry: false })?.isDirectory() ? filesBelow(path) : existsSync(path) ? [path] : [])

/** A hash over the contents of files and folders: what a result was made from. */
export function hashOf(paths) {
  const hash = createHash('sha256').update(process.versions.modules)
  for (const path of paths)
    for (const file of filesAt(join(projectRoot, path))) {
      hash.update(relative(projectRoot, file))
      hash.update(readFileSync(file))
    }
  return hash.digest('hex')
}

const stampFile = (name) => join(stampFolder, name)
const readStamp = (name) => (existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : null)
function writeStamp(name, value) {
  mkdirSync(stampFolder, { recursive: true })
  writeFileSync(stampFile(name), value)
}

// ----------------------------------------------------------------------------------------------------------------- steps

/** Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed. */
function isInstalled({ development }) {
  const record = join(projectRoot, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || entry.optional || entry.devOptional || (entry.dev && !development) || installed[path]?.version === entry.version,
  )
}

/** Installs the packages when the lock file changed or they are missing. `development` adds what only tests need. */
export async function install({ development }) {
  await step(
    'Installing packages (the first time this takes two or three minutes: the database driver may be compiled)',
    () => isInstalled({ development }),
    async () => {
      try {
        await run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error', ...(development ? ['--include=dev'] : [])])
      } catch (error) {
        throw new StepError(explainInstallFailure(String(error.output ?? error.message)))
      }
    },
  )
}

/** Why `npm ci` failed, in one sentence with the way out. */
export function explainInstallFailure(output) {
  if (/gyp ERR!|node-gyp|not found: make|No Xcode|MSBuild|find Python/i.test(output))
    return 'The database driver (better-sqlite3) could not be compiled. Install a C++ toolchain (python3, make and g++; on Debian: apt-get install python3 make g++) and run the command again.'
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|network/i.test(output))
    return 'The package registry could not be reached. Check the network connection or the npm proxy settings and run the command again.'
  if (/ENOSPC/.test(output)) return 'The disk is full. Free about 1 GB and run the command again.'
  if (/EACCES|EPERM|EROFS/.test(output))
    return 'The packages could not be written to node_modules. Give this user write access to the project folder and run the command again.'
  return 'The packages could not be installed; npm says why above.'
}

/** Generates the Prisma client when the schema changed. The schema engine is not needed for it and is not downloaded. */
export async function generateClient() {
  const hash = hashOf(['prisma/schema.prisma', 'package-lock.json'])
  const fresh = () => readStamp('prisma-client') === hash && existsSync(join(projectRoot, 'app', 'storage', 'generated', 'client.ts'))
  await step('Generating the database client', fresh, async () => {
    await run(bin('prisma'), ['generate'], {
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
      quiet: true,
    }).catch((error) => {
      throw new StepError(`The database client could not be generated:\n${error.output}`)
    })
    writeStamp('prisma-client', hash)
  })
}

/** What the bundles of Node's side are made from. */
export const sharedSources = ['app', 'prisma', 'package-lock.json', 'tsconfig.json', 'scripts']

/** Bundles the command line and the workers. */
export async function buildNodeSide() {
  const hash = hashOf(sharedSources)
  const fresh = () => readStamp('build-node') === hash && existsSync(commandLineFile)
  await step('Building the command line', fresh, async () => {
    const { buildNode } = await import('./build-node.mjs')
    await buildNode()
    writeStamp('build-node', hash)
  })
  // Sources that are newer but the same, after a switch of branches, say.
  const now = new Date()
  utimesSync(commandLineFile, now, now)
}

/** Builds the web app with Remix. */
export async function buildWebApp() {
  const hash = hashOf([...sharedSources, 'vite.config.ts', 'remix.config.js', 'public'])
  const fresh = () => readStamp('build-web') === hash && existsSync(join(projectRoot, 'build', 'web', 'server', 'index.js'))
  await step('Building the web app', fresh, async () => {
    await run(bin('remix'), ['vite:build'], { env: { NODE_ENV: 'production' }, quiet: true }).catch((error) => {
      throw new StepError(`The web app could not be built:\n${error.output}`)
    })
    writeStamp('build-web', hash)
  })
}
