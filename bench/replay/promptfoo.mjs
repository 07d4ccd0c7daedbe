// promptfoo from the registry, on request only and into a folder that is thrown away: the same endpoint, the same number of calls at once.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The newest that runs on Node 20. */
const version = '0.120.0'
const installMinutes = 15
const evalMinutes = 3
/** What its start costs is taken out: the rate is that of the cases which one run has more than the other. */
const fewCases = 100

function run(command, args, { minutes, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: minutes * 60_000, killSignal: 'SIGKILL' })
    let said = ''
    const keep = (chunk) => (said = `${said}${chunk}`.slice(-4_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} ended with ${signal ?? code}:\n${said}`)),
    )
  })
}

/** Runs promptfoo over `cases` cases with its cache off; resolves with the cases it did a second. */
export async function runPromptfoo({ baseUrl, cases, folder }) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `promptfoo@${version}`], {
    cwd: folder,
    minutes: installMinutes,
  })
  const place = join(folder, 'node_modules', 'promptfoo')
  // This version looks for its migrations one folder above where it is published with them.
  if (!existsSync(join(place, 'drizzle'))) symlinkSync(join('dist', 'drizzle'), join(place, 'drizzle'))
  const few = await evaluate({ baseUrl, cases: fewCases, folder })
  const many = await evaluate({ baseUrl, cases: cases + fewCases, folder })
  return { version, casesPerSecond: cases / Math.max(0.001, many - few) }
}

/** Seconds that one evaluation takes as a whole. */
async function evaluate({ baseUrl, cases, folder }) {
  const configuration = {
    prompts: ['Judge the item. Answer with JSON.\n\n{{content}}'],
    providers: [{ id: 'openai:chat:bench', config: { apiBaseUrl: baseUrl, apiKey: 'none' } }],
    tests: Array.from({ length: cases }, (_, index) => ({
      vars: { content: `case ${index}` },
      assert: [{ type: 'contains', value: 'violates' }],
    })),
  }
  writeFileSync(join(folder, 'promptfooconfig.json'), JSON.stringify(configuration))
  const results = join(folder, 'results.json')
  rmSync(results, { force: true })
  const start = performance.now()
  const program = join(folder, 'node_modules', 'promptfoo', 'dist', 'src', 'main.js')
  const options = ['--no-cache', '--max-concurrency', '64', '--no-progress-bar', '--no-table', '--output', 'results.json']
  await run(process.execPath, [program, 'eval', '-c', 'promptfooconfig.json', ...options], {
    cwd: folder,
    minutes: evalMinutes,
    env: {
      ...process.env,
      PROMPTFOO_CONFIG_DIR: join(folder, 'home'),
      PROMPTFOO_DISABLE_TELEMETRY: '1',
      PROMPTFOO_DISABLE_UPDATE: '1',
    },
  }).catch((error) => {
    // Its logger sometimes trips over its own end, when everything is done and written.
    if (!existsSync(results)) throw error
  })
  const seconds = (performance.now() - start) / 1000
  const { successes } = JSON.parse(readFileSync(results, 'utf8')).results.stats
  if (successes !== cases) throw new Error(`promptfoo answered ${successes} of ${cases} cases`)
  return seconds
}
