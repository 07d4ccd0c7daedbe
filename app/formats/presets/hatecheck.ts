import { parseMapping } from '~/domain/golden-set/case-mapping'
import type { Preset } from './preset'

/** Röttger et al. 2021, `test_suite_cases.csv` and `all_annotations.csv`. */
export const hatecheck: Preset = {
  name: 'hatecheck',
  title: 'HateCheck',
  description: 'The functional tests of HateCheck (CSV). `hateful` is the violating label; functionality and target stay as metadata.',
  mapping: parseMapping(['id=case_id', 'content=test_case', 'expected=label_gold'], { positive: ['hateful'] }).mapping,
}
