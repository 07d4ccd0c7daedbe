// How long whole commands of the command line take, from the start of the process to its end.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../scripts/build-node.mjs'

/** Cases of the larger gate: as many as a team labels in some years. */
const largeGate = 4_000

/** Milliseconds of a command: the median of five runs, one before them not counted. */
async function timeCommand(args, environment) {
  const times = []
  for (let run = 0; run < 6; run++) {
    const start = performance.now()
    await runCommand(args, environment)
    if (run > 0) times.push(performance.now() - start)
  }
  return times.sort((one, other) => one - other)[2]
}

function runCommand(args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, 'bin', 'touchstone.mjs'), ...args], {
      cwd: projectRoot,
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    })
    child.on('error', reject)
    // A gate may well say no.
    child.on('close', (code) => (code === 3 ? reject(new Error(`touchstone ${args.join(' ')} failed`)) : resolve()))
  })
}

/** `baseUrl` is an endpoint whose answers differ from request to request. */
export async function timeCommands(place, baseUrl) {
  const environment = { DATABASE_URL: `file:${join(place, 'touchstone.db')}` }
  const suite = 'evals/suites/community-hate.yaml'
  const golden = readFileSync(join(projectRoot, 'evals', 'golden', 'community-hate', 'cases.jsonl'), 'utf8')
  const large = writeSuite(join(place, 'large'), baseUrl)
  return {
    gateCases: golden.trim().split('\n').length,
    helpMs: await timeCommand(['--help'], environment),
    gateMs: await timeCommand(['gate', suite], environment),
    newGateMs: await timeCommand(['gate', suite, '--new'], environment),
    largeGateCases: largeGate,
    largeGateMs: await timeCommand(['gate', large], environment),
    compareMs: await timeCommand(['compare', 'bench@1', 'bench@2', '--json'], environment),
    cachedGateMs: await timeCommand(['gate', large, '--new'], environment),
  }
}

/** A golden set with rules and tags, two prompts and the suite of them; returns its file. */
function writeSuite(folder, baseUrl) {
  mkdirSync(folder)
  const cases = Array.from({ length: largeGate }, (_, index) =>
    JSON.stringify({
      id: `case-${index + 1}`,
      content: `Post ${index + 1}: nobody on line ${(index * 7_919) % 104_729} wants to hear what ${(index * 6_007) % 15_485} has to say about it`,
      expected: { label: index % 3 === 0 ? 'allowed' : 'violates', rules: { [`H${(index % 9) + 1}`]: index % 3 !== 0 } },
      tags: [`tag-${index % 29}`],
    }),
  )
  writeFileSync(join(folder, 'cases.jsonl'), cases.join('\n'))
  for (const version of ['first', 'second']) writeFileSync(join(folder, `${version}.md`), `# The ${version} wording\n\nH1. No insults.\n`)
  const file = join(folder, 'suite.yaml')
  writeFileSync(
    file,
    `schema: touchstone.suite/1
policy: bench
golden: cases.jsonl
baseline: first.md
candidate: second.md
model: { provider: openai, name: bench, temperature: 0, baseUrl: "${baseUrl}" }
gate: { margin: 0.02, alpha: 0.05, slices: [{ by: tag, recall: 0.5 }], maxUnscored: 0.01 }
`,
  )
  return file
}
