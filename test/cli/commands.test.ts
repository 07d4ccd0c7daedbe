import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { presets } from '~/formats/presets'
import { useWorkspace } from './_support/command-line'

const workspace = useWorkspace()
const { run, write, folder } = workspace

const prompt = (words: string) =>
  `# Policy\n\n## R1 Insults\nRemove a message that calls someone ${words}.\n\nExamples that violate R1:\n${words
    .split(', ')
    .map((word) => `- "you ${word}"`)
    .join('\n')}\n`
const cases = [
  { id: 'a', content: 'you absolute muppet', expected: { label: 'violates', rule: 'R1' }, tags: ['insult'], mustPass: true },
  { id: 'b', content: 'you numpty', expected: { label: 'violates', rule: 'R1' }, tags: ['insult'] },
  { id: 'c', content: 'lovely weather in Leeds today', expected: 'allowed', tags: ['chat'] },
  { id: 'd', content: 'see you at the match', expected: 'allowed', tags: ['chat'] },
]
const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')

describe('import', () => {
  it('says what it made, what it read and what changed', async () => {
    const file = write('insults.jsonl', lines(cases))
    const first = await run('import', file, '--policy', 'insults')
    expect(first.exitCode).toBe(0)
    expect(first.stdout).toContain('Made the policy insults (default verdict scheme) and the golden set insults/insults.')
    expect(first.stdout).toContain('Expected: violates 2, allowed 2, unlabelled 0.')
    expect(first.stdout).toContain('insults/insults@1 has 4 cases.')
    const changed = write(
      'insults.jsonl',
      lines([...cases.slice(0, 2), { ...cases[2], expected: 'escalate' }, { ...cases[3], note: 'plain' }, { id: 'e', content: 'new' }]),
    )
    const dry = await run('import', changed, '--policy', 'insults', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, added: 1, changed: 1, relabelled: 1, unchanged: 2, removed: 0 })
    const second = await run('import', changed, '--policy', 'insults', '--json')
    expect(JSON.parse(second.stdout)).toMatchObject({
      dryRun: false,
      revision: 2,
      added: 1,
      changed: 1,
      relabelled: 1,
      unchanged: 2,
      total: 5,
    })
    const mirrored = await run('import', write('insults.jsonl', lines(cases)), '--policy', 'insults', '--mirror', '--json')
    expect(JSON.parse(mirrored.stdout)).toMatchObject({ revision: 3, added: 0, removed: 1, total: 4 })
  })

  it('keeps how a file was read, and reads the next one so', async () => {
    const table = (rows: string[]) => write('weekly.csv', `Export of May,,\n,,\nNo,Post,Remark by mod\n${rows.join('\n')}\n`)
    const mapping = write('weekly.mapping.yaml', '')
    const options = ['--map', 'id=No', '--map', 'content=Post', '--map', 'expected=Remark by mod', '--label', 'weg=violates']
    const first = await run(
      'import',
      table(['1,first post,weg', '2,second post,ok']),
      '--policy',
      'weekly',
      ...options,
      '--save-mapping',
      mapping,
    )
    expect(first.exitCode).toBe(0)
    expect(readFileSync(mapping, 'utf8')).toMatch(
      /^# .*\nschema: touchstone.mapping\/1\n[^]*expected: Remark by mod[^]*weg: violates\n {2}ok: allowed/,
    )
    const next = await run('import', table(['2,second post,weg', '3,third post,ok']), '--policy', 'weekly', '--mapping', mapping, '--json')
    expect(JSON.parse(next.stdout)).toMatchObject({ added: 1, relabelled: 1, labels: { violates: 1, allowed: 1 } })
    write('weekly.mapping.yaml', 'schema: touchstone.mapping/1\ncolumn:\n  id: No\n')
    const broken = await run('import', table(['4,x,ok']), '--policy', 'weekly', '--mapping', mapping)
    expect(broken.exitCode).toBe(3)
    expect(broken.stderr).toContain('weekly.mapping.yaml:2')
  })

  it('refuses a file with problems, all named, and imports nothing', async () => {
    const file = write('bad.csv', 'id,text,label\n1,fine,violates\n1,twice,allowed\n3,,allowed\n4,odd,purple\n')
    const args = ['import', file, '--policy', 'refused', '--map', 'content=text', '--map', 'expected=label']
    const refused = await run(...args)
    expect(refused.exitCode).toBe(3)
    expect(refused.stdout).toBe('')
    for (const part of [
      `${file}:3: [id] "1" has the id of line 2 again, with another content or label.`,
      `${file}:4: [text] has no content.`,
      `${file}:5: [label] "purple" is not a label of this policy.`,
      '3 problems; nothing was imported',
    ])
      expect(refused.stderr).toContain(part)
    expect((await run('policies')).stdout).not.toContain('refused')

    const asJson = await run(...args, '--json')
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      schema: 'touchstone.import/1',
      imported: false,
      problemCount: 3,
      problems: [{ line: 3 }, { line: 4 }, { line: 5, value: 'purple' }],
    })
    const skipped = await run(...args, '--skip-invalid', '--json')
    expect(skipped.exitCode).toBe(0)
    expect(JSON.parse(skipped.stdout)).toMatchObject({ added: 1, skipped: 3, problemCount: 3 })
  })

  it('keeps escapes of a hostile file from the terminal', async () => {
    const file = write('hostile.csv', 'id,text,label\n1,x,\u001b]0;owned\u0007\u202eviolates\n')
    const { stderr } = await run('import', file, '--policy', 'hostile', '--map', 'content=text', '--map', 'expected=label')
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(stderr).toContain('u{1b}')
  })

  it('names wrong options', async () => {
    const file = write('ok.csv', 'id,content\n1,x\n')
    expect((await run('import', file, '--policy', 'Not A Slug')).stderr).toContain('--policy "Not A Slug"')
    expect((await run('import', file, '--policy', 'p', '--map', 'body=content')).stderr).toContain('--map "body" is not a part of a case')
    expect((await run('import', file, '--policy', 'p', '--preset', 'nope')).stderr).toContain('There is no preset "nope".')
    expect((await run('import', file, '--policy', 'p', '--format', 'parquet')).stderr).toContain('There is no format "parquet".')
    expect((await run('import', file, '--policy', 'p', '--delimiter', '::')).stderr).toContain('"::" cannot be a delimiter.')
    expect((await run('import', join(folder, 'none.csv'), '--policy', 'p')).stderr).toContain('There is no file')
  })

  it('lists every preset in its help', async () => {
    const { stdout } = await run('import', '--help')
    for (const { name } of presets) expect(stdout.replace(/\s+/g, ' ')).toContain(name)
  })
})

describe('replay and compare', () => {
  it('keeps a prompt file as a version and a golden file as a golden set, and says that a rehearsal is one', async () => {
    const golden = write('golden/banter/cases.jsonl', lines(cases))
    const args = ['replay', '--golden', golden, '--model', 'touchstone:rehearsal']
    const first = await run(...args, '--prompt', write('v1.md', prompt('muppet')))
    expect(first.stderr).toContain('Made the policy banter')
    expect(first.stderr).toContain('as banter@1.')
    expect(first.stdout).toContain('Rehearsal: figures of the bundled word matcher, not of a model.')
    expect(first.exitCode).toBe(0)
    const second = await run(...args, '--prompt', write('v2.md', prompt('muppet, numpty')), '--json')
    expect(JSON.parse(second.stdout)).toMatchObject({
      schema: 'touchstone.replay/1',
      policy: 'banter',
      promptVersion: 2,
      n: 4,
      rehearsal: true,
    })
    const again = await run(...args, '--prompt', write('copy-of-v2.md', prompt('muppet, numpty')), '--json')
    expect(JSON.parse(again.stdout).replay).toBe(JSON.parse(second.stdout).replay)
    expect(again.stderr).toContain('is finished already')

    const reports = { md: join(folder, 'out/c.md'), xml: join(folder, 'out/c.xml'), html: join(folder, 'out/c.html') }
    const compared = await run(
      'compare',
      'banter@1',
      'banter@2',
      '--by',
      'tag',
      '--by',
      'rule',
      '--markdown',
      reports.md,
      '--junit',
      reports.xml,
      '--html',
      reports.html,
    )
    expect(compared.exitCode).toBe(0)
    expect(compared.stdout).toMatch(/\d fixed, \d regressed/)
    expect(readFileSync(reports.md, 'utf8')).toContain('| accuracy |')
    expect(readFileSync(reports.xml, 'utf8').match(/<testcase /g)).toHaveLength(4)
    expect(readFileSync(reports.html, 'utf8')).toContain("default-src 'none'")
    const document = JSON.parse((await run('compare', 'banter@1', 'banter@2', '--json')).stdout)
    expect(document.cases).toHaveLength(4)
    expect(document.flips.fixed + document.flips.regressed + document.flips.stillRight + document.flips.stillWrong).toBe(4)
  })

  it('answers what does not exist with one sentence and 3', async () => {
    const golden = write('golden/banter/cases.jsonl', lines(cases))
    const v1 = write('v1.md', prompt('muppet'))
    const failures: Array<[string[], string]> = [
      [['replay', '--prompt', join(folder, 'no.md'), '--golden', golden, '--model', 'touchstone:rehearsal'], 'There is no prompt file'],
      [['replay', '--prompt', 'banter@99', '--golden', golden, '--model', 'touchstone:rehearsal'], 'has no version "99"'],
      [['replay', '--prompt', v1, '--golden', 'nowhere/none', '--model', 'touchstone:rehearsal'], 'nowhere'],
      [['replay', '--prompt', v1, '--golden', golden, '--model', 'rehearsal'], 'is not of the form PROVIDER:NAME'],
      [['replay', '--prompt', v1, '--golden', golden, '--model', 'acme:x'], 'There is no provider "acme".'],
      [['replay', '--prompt', v1, '--golden', golden, '--model', 'openai:gpt-5-mini'], 'There is no API key'],
      [
        ['replay', '--prompt', v1, '--golden', golden, '--model', 'openai:x', '--base-url', 'http://127.0.0.1:9/v1'],
        'There is no server at http://127.0.0.1:9/v1',
      ],
      [['replay', '--prompt', write('empty.md', ' \n'), '--golden', golden, '--model', 'touchstone:rehearsal'], 'is empty'],
      [['compare', 'banter@1', 'nothing'], 'There is no replay "nothing".'],
      [['export', 'banter/none'], 'none'],
    ]
    for (const [args, message] of failures) {
      const { exitCode, stderr } = await workspace.run(...args)
      expect([args.join(' '), exitCode]).toEqual([args.join(' '), 3])
      expect(stderr).toContain(message)
      expect(stderr).not.toContain('    at ')
    }
  })
})

describe('export', () => {
  it('writes what import reads back the same', async () => {
    const rich = [
      {
        id: '=1',
        content: '=cmd()\n"quoted"',
        context: { parents: ['p1', 'p2'], locale: 'de' },
        expected: { label: 'violates', rules: { R1: true, R2: false } },
        tags: ['x'],
        note: 'n',
        split: 'train',
        meta: { a: 1 },
        annotations: [{ annotator: 'z', label: 'allowed', rules: {} }],
      },
    ]
    await run('import', write('rich.jsonl', lines(rich)), '--policy', 'rich', '--golden', 'one')
    const exported = join(folder, 'exported.jsonl')
    expect((await run('export', 'rich/one', '--output', exported)).exitCode).toBe(0)
    const again = await run('import', exported, '--policy', 'rich', '--golden', 'one', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ unchanged: 1, added: 0, changed: 0, relabelled: 0 })
    const csv = (await run('export', 'rich/one', '--format', 'csv')).stdout
    expect(csv).toContain(`"'=cmd()\n""quoted"""`)
    expect((await run('export', 'rich/one', '--format', 'parquet')).stderr).toContain('There is no format "parquet" for this.')
  })

  it('writes training examples of the training split only, and preference pairs from wrong answers', async () => {
    const training = [
      { id: 't1', content: 'you numpty', expected: { label: 'violates', rule: 'R1' }, split: 'train', note: 'an insult all the same' },
      { id: 't2', content: 'hello there', expected: 'allowed', split: 'test' },
    ]
    const golden = write('training.jsonl', lines(training))
    await run('replay', '--prompt', write('only-muppet.md', prompt('muppet')), '--golden', golden, '--model', 'touchstone:rehearsal')
    const tuning = (await run('export', 'training/training', '--format', 'openai-fine-tuning')).stdout.trim().split('\n')
    expect(tuning).toHaveLength(1)
    const { messages } = JSON.parse(tuning[0] ?? '')
    expect(messages.at(-1).role).toBe('assistant')
    expect(JSON.parse(messages.at(-1).content)).toEqual({ rationale: 'an insult all the same', label: 'violates', rules: ['R1'] })
    expect(messages.at(-2).content).toContain('you numpty')
    const pairs = (await run('export', 'training/training', '--format', 'dpo', '--replay', 'training@1')).stdout.trim().split('\n')
    expect(JSON.parse(pairs[0] ?? '')).toMatchObject({
      preferred_output: [{ role: 'assistant' }],
      non_preferred_output: [{ role: 'assistant' }],
    })
    expect((await run('export', 'training/training', '--format', 'dpo')).stderr).toContain('Preference pairs need the replay')
  })
})

describe('gate', () => {
  const many = [
    ...Array.from({ length: 15 }, (_, index) => ({
      id: `m${index}`,
      content: `you muppet, number ${index}`,
      expected: { label: 'violates', rule: 'R1' },
      mustPass: index === 0,
    })),
    ...Array.from({ length: 10 }, (_, index) => ({
      id: `n${index}`,
      content: `you numpty, number ${index}`,
      expected: { label: 'violates', rule: 'R1' },
    })),
    ...Array.from({ length: 25 }, (_, index) => ({ id: `o${index}`, content: `see the match on channel ${index}`, expected: 'allowed' })),
  ]
  const suite = (
    name: string,
    gate: string,
    sides = { baseline: prompt('muppet'), candidate: prompt('muppet, numpty') },
    rows: object[] = many,
  ) => {
    write(`gate/${name}/cases.jsonl`, lines(rows))
    write('gate/policy.yaml', 'schema: touchstone.policy/1\nslug: gated\nname: Gated\n')
    write(`gate/${name}-baseline.md`, sides.baseline)
    write(`gate/${name}-candidate.md`, sides.candidate)
    return write(
      `gate/${name}.yaml`,
      `schema: touchstone.suite/1\npolicy: policy.yaml\ngolden: ${name}/cases.jsonl\nbaseline: ${name}-baseline.md\ncandidate: ${name}-candidate.md\nmodel: { provider: touchstone, name: rehearsal }\ngate:\n${gate}`,
    )
  }
  const worse = { baseline: prompt('muppet, numpty'), candidate: prompt('numpty') }

  it('is inconclusive (2) on a few cases, and says why', async () => {
    const { exitCode, stdout } = await run('gate', suite('few', '  margin: 0.02\n', undefined, many.slice(10, 18)))
    expect(exitCode).toBe(2)
    expect(stdout).toContain('Gate few: inconclusive')
  })

  it('passes (0) where the conditions hold, and reports in every form', async () => {
    const reports = { md: join(folder, 'out/g.md'), xml: join(folder, 'out/g.xml'), html: join(folder, 'out/g.html') }
    const file = suite('lenient', '  margin: 0.9\n  alpha: 0.2\n')
    const { exitCode, stdout } = await run('gate', file, '--json', '--markdown', reports.md, '--junit', reports.xml, '--html', reports.html)
    const report = JSON.parse(stdout)
    expect([exitCode, report.result]).toEqual([0, 'pass'])
    expect(report).toMatchObject({
      schema: 'touchstone.gate/1',
      policy: 'gated',
      golden: { set: 'gated/cases' },
      rehearsal: true,
    })
    expect(report.golden.contentHash).toMatch(/^[0-9a-f]{64}$/)
    expect(readFileSync(reports.md, 'utf8')).toContain('passed')
    expect(readFileSync(reports.xml, 'utf8')).toContain('failures="0" errors="0"')
    expect(existsSync(reports.html)).toBe(true)
  })

  it('fails (1) on a regression of a case that must pass, whatever the rest', async () => {
    const { exitCode, stdout } = await run('gate', suite('must', '  margin: 0.9\n  alpha: 0.2\n', worse), '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).conditions).toContainEqual(expect.objectContaining({ name: 'mustPass', result: 'fail' }))
  })

  it('never passes on a slice without cases or with another golden set than the one meant', async () => {
    const empty = await run(
      'gate',
      suite('slice', '  margin: 0.9\n  alpha: 0.2\n  slices: [{ by: tag, value: nobody, recall: 0.1 }]\n'),
      '--json',
    )
    expect(empty.exitCode).toBe(2)
    const other = suite('other', '  margin: 0.9\n')
    const text = readFileSync(other, 'utf8').replace('gate:', 'goldenHash: "00000000"\ngate:')
    expect((await run('gate', write('gate/other.yaml', text), '--json')).exitCode).toBe(2)
  })

  it('is an error (3) that names the line where the suite is wrong', async () => {
    const file = suite('wrong', '  margin: 3\n  surprise: 1\n')
    const { exitCode, stdout, stderr } = await run('gate', file)
    expect(exitCode).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toContain(`${file}:8: `)
    expect(stderr).toContain(`${file}:9: `)
    const missing = write(
      'gate/missing.yaml',
      readFileSync(suite('gone', '  margin: 0.1\n'), 'utf8').replace('gone-candidate.md', 'nowhere.md'),
    )
    expect((await run('gate', missing)).stderr).toContain(`${missing}:5: there is no file nowhere.md.`)
    expect((await run('gate', join(folder, 'no-suite.yaml'))).exitCode).toBe(3)
  })
})
