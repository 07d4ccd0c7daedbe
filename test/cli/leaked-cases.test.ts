import { beforeAll, describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()

const animals = ['badger', 'ferret', 'heron', 'lobster', 'marmot', 'newt', 'otter', 'pelican', 'quail', 'raven', 'stoat', 'turbot']
const places = ['harbour', 'library', 'stadium', 'orchard', 'chapel']
const cases = animals.flatMap((animal, row) =>
  places.map((place, column) => ({
    id: `${animal}-${place}`,
    content: `Every ${animal} of the ${place} deserves what it gets (${row}${column})`,
    expected: { label: column < 2 ? 'violates' : 'allowed', rules: {} },
    tags: [column < 2 ? 'threat' : 'plain', ...(column === 0 ? [row < 10 ? 'shown' : 'first'] : [])],
  })),
)
const quoted = cases.filter(({ id }) => id.endsWith('-harbour')).slice(0, 10)
const prompt = (examples: readonly string[]) =>
  `# Policy\n\n## Rules\n\n### H1 — Threats\n\nA threat.\n\n**Signals:** "zorblat"\n\n${examples.map((text) => `- "${text}" → violates H1`).join('\n')}\n`
const replays: Record<string, string> = {}
const suite = (baseline: string, candidate: string, conditions: string) => `schema: touchstone.suite/1
policy: leaks
golden: cases.jsonl
baseline: ${baseline}.md
candidate: ${candidate}.md
model: { provider: touchstone, name: rehearsal }
gate:
${conditions}`

beforeAll(async () => {
  const golden = write('cases.jsonl', cases.map((entry) => JSON.stringify(entry)).join('\n'))
  const texts = { v1: prompt([]), v2: prompt(quoted.map(({ content }) => content.replace(/ /g, '  '))) }
  await run('import', golden, '--policy', 'leaks', '--golden', 'cases')
  for (const [name, text] of Object.entries(texts)) {
    const file = write(`${name}.md`, text)
    const { stdout } = await run('replay', '--prompt', file, '--golden', 'leaks/cases', '--model', 'touchstone:rehearsal', '--json')
    replays[name] = JSON.parse(stdout).replay
  }
})
const compare = (...options: string[]) => run('compare', replays['v1'] ?? '', replays['v2'] ?? '', ...options)

describe('cases that a prompt quotes', () => {
  it('are left out of the headline, which says what it would be with them', async () => {
    const { exitCode, stdout } = await compare('--json')
    expect(exitCode).toBe(0)
    const { n, flips, verdict, baseline, candidate, leaked, sentence, cases: all, slices } = JSON.parse(stdout)
    expect({ n, verdict }).toEqual({ n: 50, verdict: 'inconclusive' })
    expect(flips).toMatchObject({ fixed: 0, regressed: 0, stillRight: 36, stillWrong: 14, leaked: 10 })
    expect([baseline.n, baseline.accuracy, candidate.n, candidate.accuracy]).toEqual([50, 0.72, 50, 0.72])
    expect(leaked).toMatchObject({ n: 10, quotedByBaseline: 0, quotedByCandidate: 10, counted: false })
    expect(leaked.with).toMatchObject({ n: 60, fixed: 10, regressed: 0, verdict: 'better', difference: { estimate: 10 / 60 } })
    expect(sentence).toContain(
      '10 cases are quoted in a prompt and left out; with them: 10 fixed, 0 regressed of 60, +16.7 points, better.',
    )
    expect(all.filter((entry: { leaked?: boolean; flip: string }) => entry.leaked && entry.flip === 'leaked')).toHaveLength(10)
    expect(all).toHaveLength(60)
    const shown = slices.find((slice: { value: string }) => slice.value === 'shown')
    expect([shown.n, shown.flips.leaked]).toEqual([0, 10])
  })

  it('count when they are asked to', async () => {
    const { stdout } = await compare('--json', '--include-leaked')
    const { n, flips, verdict, leaked, cases: all } = JSON.parse(stdout)
    expect({ n, verdict, fixed: flips.fixed, leaked: flips.leaked }).toEqual({ n: 60, verdict: 'better', fixed: 10 })
    expect(leaked).toMatchObject({ n: 10, counted: true, without: { n: 50, fixed: 0, verdict: 'inconclusive' } })
    expect(all.filter((entry: { leaked?: boolean; flip: string }) => entry.leaked && entry.flip === 'fixed')).toHaveLength(10)
  })

  it('are left out of the accuracy of a replay', async () => {
    const args = ['replay', '--prompt', 'leaks@2', '--golden', 'leaks/cases', '--model', 'touchstone:rehearsal']
    const { stdout } = await run(...args, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      n: 50,
      accuracy: 0.72,
      leaked: { n: 10, counted: false, with: { n: 60, accuracy: 46 / 60 } },
    })
    expect((await run(...args)).stdout).toContain('10 cases are quoted in the prompt and left out; with them: accuracy 76.7% of 60.')
    expect(JSON.parse((await run(...args, '--include-leaked', '--json')).stdout)).toMatchObject({ n: 60, leaked: { without: { n: 50 } } })
  })

  it('are left out of many versions', async () => {
    const { stdout } = await run('compare', replays['v1'] ?? '', replays['v2'] ?? '', replays['v1'] ?? '', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ n: 50, leaked: { n: 10 } })
  })

  it.each([
    ['they alone make it better', ['v1', 'v2'], '  require: better', 2, 'better than the baseline', /^0 fixed, 0 regressed of 50/],
    [
      'a slice has no others',
      ['v1', 'v2'],
      '  margin: 0.16\n  slices: [ { by: tag, value: shown, accuracy: 0.5 } ]',
      2,
      'tag shown',
      /^n\/a/,
    ],
    ['zero tolerance has no others', ['v1', 'v2'], '  margin: 0.16\n  mustPass: { tag: shown }', 2, 'mustPass: tag shown', /^no such case/],
    [
      'they regressed',
      ['v2', 'v1'],
      '  margin: 0.16',
      1,
      'not worse by',
      /^with the 10 cases that a prompt quotes: 0 fixed, 10 regressed of 60/,
    ],
  ])('never let a gate pass: %s', async (_, [baseline = '', candidate = ''], conditions, expected, name, evidence) => {
    const args = ['gate', write('suite.yaml', suite(baseline, candidate, conditions)), '--json']
    const { exitCode, stdout } = await run(...args)
    expect(exitCode).toBe(expected)
    const judged = JSON.parse(stdout).conditions as Array<{ name: string; result: string; evidence: string }>
    expect(judged.find((entry) => entry.name.startsWith(name))?.evidence).toMatch(evidence)
    expect(judged.filter((entry) => entry.result !== 'pass')).toHaveLength(1)
    // No examination of the set was ever asked for: the gate finds by itself what a prompt quotes.
    expect((await run(...args, '--new', '--early-stop')).exitCode).toBe(expected)
  })

  it('are looked for anew in a newer revision, when a text that is a version already is named again', async () => {
    const more = [...cases, { id: 'later', content: `${quoted[0]?.content} again`, expected: { label: 'violates', rules: {} }, tags: [] }]
    await run(
      'import',
      write('more.jsonl', more.map((entry) => JSON.stringify(entry)).join('\n')),
      '--policy',
      'leaks',
      '--golden',
      'cases',
    )
    const args = ['--prompt', write('v2.md', prompt(quoted.map(({ content }) => content))), '--model', 'touchstone:rehearsal', '--json']
    const { exitCode, stdout } = await run('replay', '--golden', 'leaks/cases', ...args)
    expect([exitCode, JSON.parse(stdout).leaked]).toMatchObject([0, { n: 11 }])
  })
})
