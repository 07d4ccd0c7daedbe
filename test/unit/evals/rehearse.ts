import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { prepareRehearsal } from '~/domain/rehearsal/prepare-rehearsal'
import { rehearseVerdict } from '~/domain/rehearsal/rehearse-verdict'

/** The ids of the cases that the rehearsal model judges as expected, for each prompt version. */
export function rehearsePrompts(prompts: Array<{ text: string }>, cases: GoldenCase[], scheme: VerdictScheme): string[][] {
  return prompts.map(({ text }) => {
    const prepared = prepareRehearsal(text)
    return cases.filter((golden) => rehearseVerdict(prepared, golden, scheme).label === golden.expected?.label).map((golden) => golden.id)
  })
}
