// npm run screenshot: makes docs/screenshot.png from a freshly seeded workspace. Needs Chromium (CHROMIUM, or /usr/bin/chromium).
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { buildNodeSide, buildWebApp, generateClient, projectRoot, runSteps, StepError } from './steps.mjs'

const built = (name) => join(projectRoot, 'build', 'node', name)

await runSteps(async () => {
  await generateClient()
  await buildNodeSide()
  await buildWebApp()
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-screenshot-'))
  const env = { ...process.env, DATABASE_URL: `file:${join(folder, 'touchstone.db')}`, NODE_ENV: 'production', PORT: '0' }
  const seeded = spawnSync(process.execPath, [built('seed.js')], { env, stdio: 'inherit' })
  if (seeded.status !== 0) throw new StepError('The workspace could not be seeded.')
  const server = spawn(process.execPath, [built('cli.js'), 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = await once(server.stdout, 'data')
    const address = /http:\S+/.exec(String(line))?.[0]
    if (!address) throw new StepError(`The server did not say where it is: ${line}`)
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 })
    await page.goto(`${address}/compare/community-hate@2/community-hate@3`, { waitUntil: 'networkidle' })
    await page.screenshot({ path: join(projectRoot, 'docs', 'screenshot.png') })
    await browser.close()
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
})
