import { parseMapping } from '~/domain/golden-set/case-mapping'
import { hasColumns, type Preset } from './preset'

/** Röttger et al. 2021, `test_suite_cases.csv` and `all_annotations.csv`. */
export const hatecheck: Preset = {
  name: 'hatecheck',
  title: 'HateCheck',
  description:
    'The functional tests of HateCheck (CSV). `hateful` is the violating label; functionality and target stay as metadata; columns `label_1` to `label_10` become annotations.',
  mapping: parseMapping(['id=case_id', 'content=test_case', 'expected=label_gold'], { positive: ['hateful'] }).mapping,
  detect: hasColumns('case_id', 'test_case', 'label_gold', 'functionality'),
  refine(golden, { violating, allowed }) {
    const annotators = Object.entries(golden.meta).filter(([name]) => /^label_\d+$/.test(name))
    if (annotators.length === 0) return golden
    return {
      ...golden,
      meta: Object.fromEntries(Object.entries(golden.meta).filter(([name]) => !/^label_\d+$/.test(name))),
      annotations: annotators.map(([name, value]) => ({
        annotator: name.replace('label_', 'a'),
        label: value === 'hateful' ? violating : allowed,
        rules: {},
      })),
    }
  },
}
