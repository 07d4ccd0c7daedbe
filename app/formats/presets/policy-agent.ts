import { readCategoryFlags } from './category-flags'
import { moderationCategories } from './openai-moderation'
import { everyValue, type Preset } from './preset'
import { isObject, transformValues } from './transform-values'

/** `run_…_results.json`: an object whose list `results` holds prompt, ground truth, predictions and the raw answer. */
export const policyAgent: Preset = {
  name: 'policy-agent',
  title: 'policy-agent run',
  description:
    'Results of a policy-agent run (JSON). The ground truth becomes the expected verdict: violating when any category is 1, else allowed, as the run counts "any violation"; a category that is null is an unlabelled rule. The recorded answer stays as metadata.',
  detect: everyValue((value) => typeof value.prompt === 'string' && isObject(value.ground_truth)),
  transform: (rows, labels) =>
    transformValues(rows, (value) => {
      if (typeof value.prompt !== 'string') return 'has no "prompt"'
      const truth = value.ground_truth
      if (!isObject(truth)) return 'has no "ground_truth"'
      const categories = Object.keys(truth).length ? Object.keys(truth) : moderationCategories
      const expected = readCategoryFlags(
        categories.map((category) => [category, truth[category]]),
        labels,
      )
      return {
        ...(value.index === undefined ? {} : { id: String(value.index) }),
        content: value.prompt,
        expected: { ...expected, label: expected.label ?? labels.allowed },
        meta: typeof value.raw_response === 'string' ? { raw_response: value.raw_response } : {},
      }
    }),
}
