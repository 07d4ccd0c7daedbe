import { describe, expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()

write('golden.jsonl', '{"id":"a","content":"you muppet","expected":"violates"}\n{"id":"b","content":"good day","expected":"allowed"}\n')
write('broken.jsonl', '{"id":"a","content":"you muppet"}\n{"id":"b","content":\n')
write('twice.jsonl', '{"id":"a","content":"you muppet"}\n{"id":"a","content":"good day"}\n')
write('prompt.md', '# Rude\n\n## Rules\n\n### H1 — Names\n\nCalling names.\n\n**Signals:** "muppet"\n')

const suite = (gate: string, changes: Record<string, string> = {}) =>
  Object.entries({
    schema: 'touchstone.suite/1',
    policy: 'refusals',
    golden: 'golden.jsonl',
    baseline: 'prompt.md',
    candidate: 'prompt.md',
    model: '{ provider: touchstone, name: rehearsal }',
    gate,
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')

describe('a gate that cannot be judged ends with 3, says where, and prints nothing on stdout', () => {
  it.each<[string, string, string]>([
    ['a margin of 0', suite('{ margin: 0 }'), ':7: gate.margin is 0: must be above 0 and below 1'],
    ['a margin of 1', suite('{ margin: 1 }'), ':7: gate.margin is 1: must be above 0 and below 1'],
    ['a margin in words', suite('{ margin: 2 points }'), ':7: gate.margin is "2 points": '],
    ['an alpha of 0', suite('{ alpha: 0 }'), ':7: gate.alpha is 0: must be above 0 and at most 0.5'],
    ['an alpha below 0', suite('{ alpha: -0.1 }'), ':7: gate.alpha is -0.1: must be above 0 and at most 0.5'],
    ['an alpha of 2', suite('{ alpha: 2 }'), ':7: gate.alpha is 2: must be above 0 and at most 0.5'],
    ['a floor of 90', suite('{ slices: [{ by: rule, recall: 90 }] }'), ':7: gate.slices.0.recall is 90: must be from 0 to 1'],
    ['a floor below 0', suite('{ overall: { accuracy: -1 } }'), ':7: gate.overall.accuracy is -1: must be from 0 to 1'],
    ['a misspelt floor', suite('{ slices: [{ by: rule, recal: 0.9 }] }'), ':7: "recal" is not known here'],
    ['a misspelt condition', suite('{ marign: 0.02 }'), ':7: "marign" is not known here'],
    ['an unknown key', suite('{}', { golden_hash: 'abc' }), ':8: "golden_hash" is not known here'],
    ['no epochs', suite('{}', { epochs: '0' }), ':8: epochs is 0: '],
    ['a key twice', `${suite('{}')}epochs: 1\nepochs: 2\n`, ':9: not YAML: Map keys must be unique'],
    ['broken YAML', suite('{ margin: 0.02'), ': not YAML: '],
    ['an empty suite', '', ':1: the file is null: '],
    ['a golden file that is not there', suite('{}', { golden: 'gone.jsonl' }), ':3: there is no file gone.jsonl.'],
    ['a prompt that is not there', suite('{}', { candidate: 'gone.md' }), ':5: there is no file gone.md.'],
    ['a golden file with a broken line', suite('{}', { golden: 'broken.jsonl' }), 'broken.jsonl:2: '],
    ['a golden file with an id twice', suite('{}', { golden: 'twice.jsonl' }), 'twice.jsonl:2: [id] has the id of line 1 again'],
    ['a stored golden set that is not there', suite('{}', { golden: 'refusals/golden@9' }), 'There is no policy "refusals"'],
  ])('%s', async (name, text, message) => {
    const file = write(`${name.replaceAll(' ', '-')}.yaml`, text)
    const { exitCode, stdout, stderr } = await run('gate', file, '--json')
    expect([exitCode, stdout]).toEqual([3, ''])
    expect((JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { message: string }).message).toContain(message)
  })
})
