import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { presets } from '~/formats/presets'
import { readAll, useTemporaryFolder } from './_support/files'

const file = useTemporaryFolder()
const data = '../shared/data'
const withData = existsSync(data)
const countLabels = (cases: Array<{ expected: { label: string | null } | null }>) => {
  const counts: Record<string, number> = {}
  for (const { expected } of cases) counts[expected?.label ?? 'unlabelled'] = (counts[expected?.label ?? 'unlabelled'] ?? 0) + 1
  return counts
}

describe('presets', () => {
  it('have names of their own and say what they read', () => {
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length)
    for (const { description } of presets) expect(description.length).toBeGreaterThan(40)
  })

  it('refuses an unknown one, naming the known', async () => {
    await expect(readAll(file('a.csv', 'x\n1\n'), { preset: 'hate-check' })).rejects.toThrow('There is no preset "hate-check".')
  })

  it('takes no --map where the layout is no table', async () => {
    await expect(readAll(file('a.jsonl', '{"prompt":"x"}'), { preset: 'openai-moderation', map: ['content=prompt'] })).rejects.toThrow(
      'takes no --map',
    )
  })

  it('openai-moderation: an absent category is unlabelled, and so is a text without a 1 among some categories', async () => {
    const lines = [
      '{"prompt":"a","S":0,"H":0,"V":0,"HR":0,"SH":0,"S3":0,"H2":0,"V2":0}',
      '{"prompt":"b","S":1,"S3":0}',
      '{"prompt":"c","HR":0}',
      '{"text":"d"}',
    ]
    const { cases, problems } = await readAll(file('b.jsonl', lines.join('\n')), { preset: 'openai-moderation' })
    expect(cases.map(({ expected }) => expected)).toEqual([
      { label: 'allowed', rules: { S: false, H: false, V: false, HR: false, SH: false, S3: false, H2: false, V2: false } },
      { label: 'violates', rules: { S: true, S3: false } },
      { label: null, rules: { HR: false } },
    ])
    expect(problems).toMatchObject([{ line: 4, message: 'has no "prompt"' }])
  })

  it('gpt-oss-safeguard: tiers as heading rows, titles and summaries left out', async () => {
    const text = ',,classification\nSP0,,\n1,fine ,SP0\n2,also fine,SP2\nSP3 ,,\n1,bad,SP3\nSP4,,\n1,worse,SP4\n,,\n,Accuracy,0.9\n'
    const { cases, problems } = await readAll(file('c.csv', text), { preset: 'gpt-oss-safeguard' })
    expect(problems).toEqual([])
    expect(cases.map(({ id, content, expected, meta }) => [id, content, expected?.label, expected?.rules, meta.classification])).toEqual([
      ['SP0-1', 'fine ', 'allowed', { SP3: false, SP4: false }, 'SP0'],
      ['SP0-2', 'also fine', 'allowed', { SP3: false, SP4: false }, 'SP2'],
      ['SP3-1', 'bad', 'violates', { SP3: true, SP4: false }, 'SP3'],
      ['SP4-1', 'worse', 'violates', { SP3: false, SP4: true }, 'SP4'],
    ])
  })

  it('multilingual-hatecheck: locale from the id, three annotations', async () => {
    const text = `mhc_case_id,test_case,label_gold,label_annotated\nhindi-7,मैं,hateful,"['hateful', 'non-hateful', 'hateful']"\n`
    const { cases } = await readAll(file('d.csv', text), { preset: 'multilingual-hatecheck' })
    expect(cases[0]).toMatchObject({ id: 'hindi-7', context: { locale: 'hi' }, expected: { label: 'violates' }, meta: {} })
    expect(cases[0]?.annotations.map(({ label }) => label)).toEqual(['violates', 'allowed', 'violates'])
  })

  it('context-toxicity: the parent is context and the label in context is expected', async () => {
    const text = 'text,parent_text,tox_codes_oc,label_oc,tox_codes_ic,label_ic\nyou,"why, so?",[0. 0. 0.],0,[0. 1. 1.],1\n'
    const { cases } = await readAll(file('e.csv', text), { preset: 'context-toxicity', positive: [] })
    expect(cases[0]).toMatchObject({
      content: 'you',
      context: { parents: ['why, so?'] },
      expected: { label: 'violates' },
      meta: { label_oc: '0' },
    })
    expect(cases[0]?.annotations.map(({ label }) => label)).toEqual(['allowed', 'violates', 'violates'])
  })

  it('label-studio: ground truth, else what all agree on; foreign labels are mapped', async () => {
    const choice = (choices: string[], name = 'verdict') => ({ from_name: name, type: 'choices', value: { choices } })
    const tasks = [
      {
        id: 1,
        data: { text: 'a', forum: 'x' },
        annotations: [
          { completed_by: 5, result: [choice(['Spam'])] },
          { completed_by: 6, result: [choice(['Spam'])] },
        ],
      },
      {
        id: 2,
        data: { text: 'b' },
        annotations: [
          { completed_by: 5, result: [choice(['Spam'])] },
          { completed_by: 6, result: [choice(['Ham'])] },
        ],
      },
      {
        id: 3,
        data: { text: 'c' },
        annotations: [
          { ground_truth: true, result: [choice(['Ham']), choice(['R1'], 'rules')] },
          { completed_by: { email: 'a@b.c' }, result: [choice(['Spam'])] },
        ],
      },
      { id: 4, text: 'd', verdict: 'Spam', annotator: 1 },
    ]
    const { cases, problems } = await readAll(file('f.json', JSON.stringify(tasks)), { preset: 'label-studio', positive: ['Spam'] })
    expect(problems).toEqual([])
    expect(
      cases.map(({ id, expected, annotations }) => [id, expected, annotations.map(({ annotator, label }) => `${annotator}:${label}`)]),
    ).toEqual([
      ['1', { label: 'violates', rules: {} }, ['5:violates', '6:violates']],
      ['2', null, ['5:violates', '6:allowed']],
      ['3', { label: 'allowed', rules: { R1: true } }, ['a@b.c:violates']],
      ['4', { label: 'violates', rules: {} }, []],
    ])
  })

  it('argilla: records, fields with responses, and Hugging Face rows', async () => {
    const lines = [
      {
        id: 'r1',
        fields: { text: 'a' },
        responses: [
          { user_id: 'u1', values: { verdict: { value: 'toxic' } } },
          { user_id: 'u2', values: { verdict: { value: 'toxic' } } },
        ],
        metadata: { source: 'x' },
      },
      { text: 'b', annotation: 'ok', metadata: null },
      { text: 'c', label: 1, split: 'train' },
    ]
    const { cases, problems } = await readAll(file('g.jsonl', lines.map((line) => JSON.stringify(line)).join('\n')), {
      preset: 'argilla',
      labels: ['toxic=violates', 'ok=allowed', '1=violates'],
    })
    expect(problems).toEqual([])
    expect(cases.map(({ content, expected, split, annotations }) => [content, expected?.label, split, annotations.length])).toEqual([
      ['a', 'violates', undefined, 2],
      ['b', 'allowed', undefined, 0],
      ['c', 'violates', 'train', 0],
    ])
  })

  it('promptfoo: YAML, JSON Lines and CSV', async () => {
    const yaml =
      'tests:\n  - description: t1\n    vars: { text: hello }\n    assert: [{ type: equals, value: allowed }]\n  - vars: { comment: bad, topic: x }\n    metadata: { id: t2, expected: violates, rules: { R1: true } }\n'
    const fromYaml = await readAll(file('h.yaml', yaml), { preset: 'promptfoo' })
    expect(fromYaml.cases.map(({ id, content, expected, meta }) => [id, content, expected, meta])).toEqual([
      ['t1', 'hello', { label: 'allowed', rules: {} }, {}],
      ['t2', 'bad', { label: 'violates', rules: { R1: true } }, { topic: 'x' }],
    ])
    const csv =
      '__description,text,__expected,__metadata:team\nt1,hello,equals: allowed,red\nt2,bad,violates,\nt3,other,"javascript: output > 1",\n'
    const fromCsv = await readAll(file('i.csv', csv), { preset: 'promptfoo' })
    expect(fromCsv.cases.map(({ id, expected, meta }) => [id, expected?.label, meta.team])).toEqual([
      ['t1', 'allowed', 'red'],
      ['t2', 'violates', undefined],
      ['t3', undefined, undefined],
    ])
  })

  it('openai-evals: the last user message is the content', async () => {
    const lines = [
      {
        input: [
          { role: 'system', content: 'judge' },
          { role: 'user', content: 'earlier' },
          { role: 'user', content: 'now' },
        ],
        ideal: ['violates', 'x'],
      },
      { input: 'alone', ideal: 'allowed', source: 's' },
      { input: [] },
    ]
    const { cases, problems } = await readAll(file('j.jsonl', lines.map((line) => JSON.stringify(line)).join('\n')), {
      preset: 'openai-evals',
    })
    expect(cases.map(({ content, context, expected, meta }) => [content, context.parents, expected?.label, meta])).toEqual([
      ['now', ['earlier'], 'violates', {}],
      ['alone', [], 'allowed', { source: 's' }],
    ])
    expect(problems).toMatchObject([{ line: 3 }])
  })
})

describe.skipIf(!withData)('presets over the real files in ../shared/data', () => {
  it.each([
    ['hatecheck/test_suite_cases.csv', 'hatecheck', 3728, { violates: 2563, allowed: 1165 }],
    ['hatecheck/all_annotations.csv', 'hatecheck', 3901, undefined],
    ['multilingual-hatecheck/hatecheck_cases_final_arabic.csv', 'multilingual-hatecheck', 3570, undefined],
    ['multilingual-hatecheck/hatecheck_cases_final_mandarin.csv', 'multilingual-hatecheck', 3378, undefined],
    ['openai-moderation-eval/samples-1680.jsonl.gz', 'openai-moderation', 1680, { violates: 522, allowed: 337, unlabelled: 821 }],
    ['spam-policy/golden_dataset.csv', 'gpt-oss-safeguard', 40, { allowed: 18, violates: 22 }],
    ['policy-agent/runs/run_policy_v001_20251207_195813_results.json', 'policy-agent', 30, undefined],
    ['context-toxicity/cat_small.csv', 'context-toxicity', 978, undefined],
  ] as const)('%s', async (name, preset, count, labels) => {
    const { cases, problems } = await readAll(`${data}/${name}`, { preset })
    expect(problems).toEqual([])
    expect(cases).toHaveLength(count)
    if (labels) expect(countLabels(cases)).toEqual(labels)
  })

  it('HateCheck has five annotations a case', async () => {
    const { cases } = await readAll(`${data}/hatecheck/all_annotations.csv`, { preset: 'hatecheck' })
    expect(cases.every(({ annotations }) => annotations.length === 5)).toBe(true)
  })

  it('146 labels of context-toxicity change when the context is shown', async () => {
    const { cases } = await readAll(`${data}/context-toxicity/cat_small.csv`, { preset: 'context-toxicity' })
    expect(cases.filter(({ expected, meta }) => (expected?.label === 'violates') !== (meta.label_oc === '1'))).toHaveLength(146)
  })
})
