import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** promptfoo test cases, one JSON object a line: the content and context as `vars`, the expected label as an assertion on the answer's JSON. */
export async function* writePromptfoo(cases: AsyncIterable<GoldenCase>): AsyncGenerator<string> {
  for await (const golden of cases) {
    const { context, expected } = golden
    const test = {
      description: golden.id,
      vars: {
        content: golden.content,
        ...(context.parents.length ? { parents: context.parents } : {}),
        ...(context.surface ? { surface: context.surface } : {}),
        ...(context.author ? { author: context.author } : {}),
        ...(context.locale ? { locale: context.locale } : {}),
      },
      // Data of the case reach the expression as JSON strings: they cannot become code.
      assert: expected?.label
        ? [{ type: 'is-json' }, { type: 'javascript', value: `JSON.parse(output).label === ${JSON.stringify(expected.label)}` }]
        : [],
      metadata: {
        ...golden.meta,
        id: golden.id,
        ...(expected?.label ? { expected: expected.label } : {}),
        ...(expected && Object.keys(expected.rules).length ? { rules: expected.rules } : {}),
        ...(expected?.severity ? { severity: expected.severity } : {}),
        ...(golden.tags.length ? { tags: golden.tags } : {}),
        ...(golden.note ? { note: golden.note } : {}),
        ...(golden.split ? { split: golden.split } : {}),
        ...(golden.mustPass ? { mustPass: true } : {}),
      },
    }
    yield `${JSON.stringify(test)}\n`
  }
}

/** Label Studio tasks (a JSON array): the text and its metadata as data; the expected verdict and each person's as annotations. */
export async function* writeLabelStudio(cases: AsyncIterable<GoldenCase>): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const golden of cases) {
    yield separator + JSON.stringify(toTask(golden))
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

function toTask(golden: GoldenCase): Record<string, unknown> {
  const { expected, annotations } = golden
  const choice = (name: string, choices: string[]) => ({ from_name: name, to_name: 'text', type: 'choices', value: { choices } })
  const note = (text: string) => ({ from_name: 'note', to_name: 'text', type: 'textarea', value: { text: [text] } })
  const result = (verdict: { label: string | null; rules: Record<string, boolean>; note?: string }) => [
    ...(verdict.label === null ? [] : [choice('label', [verdict.label])]),
    ...(Object.values(verdict.rules).some(Boolean)
      ? [
          choice(
            'rules',
            Object.keys(verdict.rules).filter((rule) => verdict.rules[rule]),
          ),
        ]
      : []),
    ...(verdict.note ? [note(verdict.note)] : []),
  ]
  return {
    data: {
      id: golden.id,
      text: golden.content,
      ...(golden.context.parents.length ? { parents: golden.context.parents } : {}),
      ...(golden.context.locale ? { locale: golden.context.locale } : {}),
      meta: golden.meta,
      tags: golden.tags,
    },
    annotations: [
      ...(expected ? [{ ground_truth: true, result: result({ ...expected, ...(golden.note ? { note: golden.note } : {}) }) }] : []),
      ...annotations.map((annotation) => ({
        completed_by: { email: annotation.annotator },
        ground_truth: false,
        result: result(annotation),
      })),
    ],
  }
}
