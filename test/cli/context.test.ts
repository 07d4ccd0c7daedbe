import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const comments = '../shared/data/context-toxicity/cat_small.csv'
const prompt = '# Policy\n\n## Rules\n\n### T1 — Toxicity\n\nInsults.\n\n**Signals:** "idiot", "stupid", "shut up"\n'
const model = ['--model', 'touchstone:rehearsal']

describe('touchstone replay --compare-context', () => {
  beforeAll(async () => {
    const cases = Array.from({ length: 24 }, (_, index) => ({
      id: `c${index}`,
      content: `a quiet remark ${index}`,
      context: { parents: index < 6 ? ['you stupid idiot'] : [] },
      expected: { label: 'allowed', rules: {} },
    }))
    await run('import', write('with.jsonl', cases.map((entry) => JSON.stringify(entry)).join('\n')), '--policy', 'talk', '--golden', 'with')
    const plain = cases.map((entry) => JSON.stringify({ ...entry, context: undefined }))
    await run('import', write('plain.jsonl', plain.join('\n')), '--policy', 'talk', '--golden', 'plain')
  })
  const args = ['replay', '--prompt', write('talk.md', prompt), ...model]

  it('replays one version both ways and compares', async () => {
    const { exitCode, stdout } = await run(...args, '--golden', 'talk/with', '--compare-context', '--json')
    expect(exitCode).toBe(0)
    const { schema, names, n, baseline, candidate, warnings } = JSON.parse(stdout)
    expect([schema, n]).toEqual(['touchstone.comparison/1', 24])
    expect(names).toEqual({ baseline: 'v1 without context', candidate: 'v1 with context' })
    expect([baseline.withoutContext, candidate.withoutContext]).toEqual([true, undefined])
    expect(warnings.join()).toContain('the difference is the context’s')
    // The same command again asks nobody.
    const again = await run(...args, '--golden', 'talk/with', '--compare-context')
    expect(again.stdout).toContain('v1 with context')
  })

  it('says where there is no context, and what cannot be asked together', async () => {
    const plain = await run(...args, '--golden', 'talk/plain', '--compare-context')
    expect([plain.exitCode, plain.stderr]).toEqual([3, expect.stringContaining('No case of talk/plain@1 has a context')])
    const both = await run(...args, '--golden', 'talk/with', '--compare-context', '--no-context')
    expect([both.exitCode, both.stderr]).toEqual([3, expect.stringContaining('--no-context says without')])
  })
})

describe.skipIf(!existsSync(comments))('comments that people judged without and with their parent', () => {
  const columns = ['content=text', 'context.parents=parent_text', 'ignore=tox_codes_oc', 'ignore=tox_codes_ic']
  const judged = (expected: string, other: string) =>
    run(
      ...['import', comments, '--policy', 'toxicity', '--golden', 'comments', '--preset', 'none', '--positive', '1', '--json'],
      ...[...columns, `expected=${expected}`, `ignore=${other}`].flatMap((mapping) => ['--map', mapping]),
    )

  it('show the 146 whose label the context changed, apart from what it changed for the model', async () => {
    expect(JSON.parse((await judged('label_oc', 'label_ic')).stdout)).toMatchObject({ added: 978, revision: 1 })
    expect(JSON.parse((await judged('label_ic', 'label_oc')).stdout)).toMatchObject({ added: 0, relabelled: 146, revision: 2 })
    const replay = ['replay', '--prompt', write('toxicity.md', prompt), '--golden', 'toxicity/comments@2', ...model]
    const { exitCode, stdout } = await run(...replay, '--compare-context', 'toxicity/comments@1', '--json')
    expect(exitCode).toBe(0)
    const { flips, revisions, cases, baseline, candidate } = JSON.parse(stdout)
    expect(flips.relabelled).toBe(146)
    expect([baseline.goldenRevision, candidate.goldenRevision]).toEqual([1, 2])
    expect(cases.filter((entry: { flip: string }) => entry.flip === 'relabelled')).toHaveLength(146)
    expect(revisions.relabelling).toMatchObject({ cases: 146, labelled: 0, unlabelled: 0, sameOutcome: 0 })
    expect(revisions.relabelling.becameRight + revisions.relabelling.becameWrong).toBe(146)
    expect(revisions.prompt.n).toBe(978)
  })
})
