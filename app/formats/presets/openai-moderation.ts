import { readCategoryFlags } from './category-flags'
import { everyValue, type Preset } from './preset'
import { transformValues, without } from './transform-values'

/** Categories of Markov et al. 2022, as `samples-1680.jsonl.gz` names them. */
export const moderationCategories = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'] as const

export const openaiModeration: Preset = {
  name: 'openai-moderation',
  title: 'OpenAI moderation evaluation',
  description:
    'Texts with eight categories (JSON Lines). Each category is a rule; an absent one is unlabelled. A text violates when any category is 1, is allowed when all eight are 0, and is unlabelled otherwise.',
  detect: (sample) =>
    everyValue(({ prompt, ground_truth: truth }) => typeof prompt === 'string' && truth === undefined)(sample) &&
    sample.columns.filter((column) => (moderationCategories as readonly string[]).includes(column)).length >= 3,
  transform: (rows, labels) =>
    transformValues(rows, (value) => {
      if (typeof value.prompt !== 'string') return 'has no "prompt"'
      const expected = readCategoryFlags(
        moderationCategories.map((category) => [category, value[category]]),
        labels,
      )
      return {
        ...(value.id === undefined ? {} : { id: value.id }),
        content: value.prompt,
        expected,
        meta: without(value, ['id', 'prompt', ...moderationCategories]),
      }
    }),
}
