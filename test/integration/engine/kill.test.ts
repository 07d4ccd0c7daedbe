import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildChild } from '../../support/build-child'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { serveProvider } from '../../support/provider-fixtures'

const concurrency = 16
const caseCount = 300
const epochs = 2

let childFile = ''
beforeAll(async () => {
  childFile = await buildChild('test/support/replay-child.ts')
})
afterAll(() => rmSync(childFile, { force: true }))

/** What the counterpart answers depends on the content alone, so that every run must come to the same verdicts. */
const labelOf = (content: string): string => (Number(/number (\d+)/.exec(content)?.[1] ?? 0) % 4 === 0 ? 'allowed' : 'violates')

function contentOf(body: Record<string, unknown>): string {
  return /Message number \d+/.exec(JSON.stringify(body.messages))?.[0] ?? ''
}

function chatAnswer(content: string) {
  const text = JSON.stringify({ rationale: `Of ${content}.`, label: labelOf(content), confidence: 0.9 })
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'any',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    },
  }
}

describe.each([1, 2, 3])('killed at random moments (seed %i)', (seed) => {
  test('a replay comes to exactly one result per case and epoch, and repeats no more than was under way', async () => {
    await using workspace = await createTestWorkspace()
    await workspace.goldenSets.importCases({
      policySlug: 'chat',
      goldenName: 'edge',
      cases: goldenCases(caseCount),
      mode: 'mirror',
      author: 'ana',
      message: 'cases',
    })
    const random = xoroshiro128plus(seed)
    let killAfter = Infinity
    let served = 0
    let kill: () => void = () => undefined
    await using provider = await serveProvider(({ body }) => {
      served++
      if (served >= killAfter) kill()
      return chatAnswer(contentOf(body))
    })
    const { replay } = await workspace.replays.prepare({
      policySlug: 'chat',
      prompt: { text: 'Remove what is vile.' },
      goldenSet: 'edge',
      model: { provider: 'openai', name: 'any', baseUrl: provider.baseUrl },
      epochs,
      options: { concurrency },
      author: 'ana',
    })
    let kills = 0
    for (let attempt = 0; attempt < 40; attempt++) {
      const child = spawn(process.execPath, [childFile, `${workspace.databaseUrl.slice('file:'.length)}`, replay.id], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let errors = ''
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString()
      })
      killAfter = kills < 3 ? served + uniformInt(random, 5, 150) : Infinity
      kill = () => {
        killAfter = Infinity
        child.kill('SIGKILL')
      }
      const end = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
        child.on('exit', (code, signal) => resolve({ code, signal })),
      )
      if (end.signal === 'SIGKILL') {
        kills++
        continue
      }
      expect(errors).toBe('')
      expect(end.code).toBe(0)
      break
    }
    expect(kills).toBeGreaterThan(0)
    const report = await workspace.replays.report(replay.id)
    expect(report).toMatchObject({ status: 'finished', total: caseCount * epochs, done: caseCount * epochs })
    const { rows, caseIds } = await workspace.replays.trials(replay.id, { offset: 0, limit: 1000 })
    expect(new Set(rows.map((row, index) => `${caseIds[index]}/${row.epoch}`)).size).toBe(caseCount * epochs)
    for (const [index, row] of rows.entries()) expect(row.verdict?.label).toBe(labelOf(`number ${caseIds[index]!.replace('case-', '')}`))
    expect(served - caseCount * epochs).toBeLessThanOrEqual(kills * concurrency)
  })
})
