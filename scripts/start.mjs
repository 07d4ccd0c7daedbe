// npm start: from a fresh clone to a running app. Each step is skipped when its result is up to date.
import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { buildNodeSide, buildWebApp, checkNode, generateClient, install, projectRoot, runSteps, StepError } from './steps.mjs'

/** A taken port is said at once, not after minutes of building. */
function checkPort(host, port) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) =>
      error.code === 'EADDRINUSE'
        ? reject(
            new StepError(
              `Port ${port} on ${host} is already in use. Stop the other program, or choose another port: PORT=${port + 1} npm start.`,
            ),
          )
        : resolve(),
    )
    probe.listen(port, host, () => probe.close(resolve))
  })
}

await runSteps(async () => {
  checkNode()
  const port = Number(process.env.PORT || 3000)
  if (Number.isInteger(port) && port > 0 && port < 65536) await checkPort(process.env.HOST || '127.0.0.1', port)
  await install({ development: false })
  await generateClient()
  await buildNodeSide()
  await buildWebApp()
})

const production = { cwd: projectRoot, env: { ...process.env, NODE_ENV: 'production' }, stdio: 'inherit' }
// Says itself what it does, and why when it cannot.
const seeded = spawnSync(process.execPath, [join(projectRoot, 'build', 'node', 'seed.js')], production)
if (seeded.status !== 0) process.exit(seeded.status ?? 1)

const server = spawn(process.execPath, [join(projectRoot, 'build', 'node', 'cli.js'), 'serve', ...process.argv.slice(2)], production)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
// npm starts scripts through a shell that a signal ends without telling us: a server whose starter is gone stops too.
const starter = process.ppid
setInterval(() => {
  if (process.ppid !== starter) server.kill('SIGTERM')
}, 500).unref()
server.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)))
