import { parseMapping } from '~/domain/golden-set/case-mapping'
import type { Annotation } from '~/domain/golden-set/golden-case'
import { hasColumns, type Preset } from './preset'

/** The languages of Multilingual HateCheck by the first part of a case's id. */
const locales: Record<string, string> = {
  arabic: 'ar',
  dutch: 'nl',
  french: 'fr',
  german: 'de',
  hindi: 'hi',
  italian: 'it',
  mandarin: 'zh',
  polish: 'pl',
  portuguese: 'pt',
  spanish: 'es',
}

/** Röttger et al. 2022, `hatecheck_cases_final_LANGUAGE.csv`. */
export const multilingualHatecheck: Preset = {
  name: 'multilingual-hatecheck',
  title: 'Multilingual HateCheck',
  description:
    'The functional tests of Multilingual HateCheck (CSV). `hateful` is the violating label; the three labels of each case become annotations, the language its locale.',
  mapping: parseMapping(['id=mhc_case_id', 'content=test_case', 'expected=label_gold'], { positive: ['hateful'] }).mapping,
  detect: hasColumns('mhc_case_id', 'test_case', 'label_gold'),
  refine(golden, { violating, allowed }) {
    const { label_annotated: annotated, ...meta } = golden.meta
    const locale = locales[golden.id.split('-')[0] ?? '']
    return {
      ...golden,
      meta,
      context: { ...golden.context, ...(locale ? { locale } : {}) },
      annotations: readLabels(String(annotated ?? '')).map(
        (value, index) =>
          ({ annotator: `a${index + 1}`, label: value === 'hateful' ? violating : allowed, rules: {} }) satisfies Annotation,
      ),
    }
  },
}

/** `['hateful', 'non-hateful']`, as Python writes a list. */
const readLabels = (text: string) =>
  [...text.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '').filter((value) => value === 'hateful' || value === 'non-hateful')
