import { parseMapping } from '~/domain/golden-set/case-mapping'
import { hasColumns, type Preset } from './preset'

/** Pavlopoulos et al. 2020, `cat_small.csv`. */
export const contextToxicity: Preset = {
  name: 'context-toxicity',
  title: 'Context-aware toxicity',
  description:
    'Comments judged without and with their parent comment (CSV). The label given in context is the expected one, the three codes in context become annotations, the label without context stays as metadata.',
  mapping: parseMapping(['content=text', 'context.parents=parent_text', 'expected=label_ic'], { positive: ['1'] }).mapping,
  detect: hasColumns('text', 'parent_text', 'label_oc', 'label_ic'),
  refine(golden, { violating, allowed }) {
    const codes = String(golden.meta.tox_codes_ic ?? '').match(/\d+(?:\.\d*)?/g) ?? []
    return {
      ...golden,
      annotations: codes.map((code, index) => ({ annotator: `a${index + 1}`, label: Number(code) > 0 ? violating : allowed, rules: {} })),
    }
  },
}
