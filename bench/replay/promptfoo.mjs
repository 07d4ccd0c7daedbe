// promptfoo from the registry, on request only: the same endpoint, the same number of calls at once.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const version = '0.120.0'

/** Runs promptfoo over `cases` cases with its cache off; resolves with the cases it did a second. */
export async function runPromptfoo({ baseUrl, cases, folder }) {
  mkdirSync(folder, { recursive: true })
  const configuration = {
    prompts: ['Judge the item. Answer with JSON.\n\n{{content}}'],
    providers: [{ id: 'openai:chat:bench', config: { apiBaseUrl: baseUrl, apiKey: 'none' } }],
    tests: Array.from({ length: cases }, (_, index) => ({
      vars: { content: `case ${index}` },
      assert: [{ type: 'contains', value: 'violates' }],
    })),
  }
  writeFileSync(join(folder, 'promptfooconfig.json'), JSON.stringify(configuration))
  const environment = {
    ...process.env,
    PROMPTFOO_CONFIG_DIR: join(folder, 'home'),
    PROMPTFOO_DISABLE_TELEMETRY: '1',
    PROMPTFOO_DISABLE_UPDATE: '1',
  }
  const run = (args) =>
    new Promise((resolve, reject) => {
      const child = spawn('npx', ['--yes', `promptfoo@${version}`, ...args], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      child.on('error', reject)
      child.on('close', resolve)
    })
  // The first run installs it.
  await run(['--version'])
  const start = performance.now()
  await run(['eval', '-c', 'promptfooconfig.json', '--no-cache', '--max-concurrency', '64', '--no-progress-bar', '--no-table'])
  return { version, casesPerSecond: cases / ((performance.now() - start) / 1000) }
}
