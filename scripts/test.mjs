// npm test: prepares what the tests need and runs all that need no browser. Arguments go to Vitest: npm test -- test/unit/policy
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildNodeSide, buildWebApp, checkNode, generateClient, install, projectRoot, runSteps, say } from './steps.mjs'

const browser = process.argv.includes('--browser')
const rest = process.argv.slice(2).filter((argument) => argument !== '--browser')

await runSteps(async () => {
  checkNode()
  await install({ development: true })
  await generateClient()
  await buildNodeSide()
  if (browser) await buildWebApp()
})

const projects = browser ? ['e2e'] : ['unit', 'integration', 'cli']
const vitest = spawn(
  process.execPath,
  [join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...projects.flatMap((project) => ['--project', project]), ...rest],
  {
    cwd: projectRoot,
    stdio: 'inherit',
  },
)
vitest.on('exit', (code) => {
  if (!browser) say('Browser tests were skipped: `npm run test:browser` runs them where Chromium is installed.')
  process.exit(code ?? 1)
})
