import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** A small generator with a seed, so that every run measures the same rows. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const words =
  'you people never learn go home this is why we cannot have nice things they said that nobody would notice but the café über straße и снова здесь 今日は 안녕 hello friend report blocked account payment ship today only cash no refund lol gg ez'.split(
    ' ',
  )
const functionalities = Array.from({ length: 29 }, (_, index) => `functionality_${index}`)
const locales = ['en-GB', 'en-US', 'de-DE', 'ru-RU', 'ja-JP']
const sources = ['forum', 'chat', 'marketplace', 'comments']

/** `count` cases of about 150 characters with rule, tags, locale and four metadata columns, as a real import has them. */
export function* makeCases(count: number, seed = 7): Generator<GoldenCase> {
  const random = createRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let index = 0; index < count; index += 1) {
    const violates = random() < 0.4
    yield {
      id: `case-${String(index).padStart(7, '0')}`,
      content: `${Array.from({ length: 12 + Math.floor(random() * 20) }, () => pick(words)).join(' ')} ${index}`,
      context: { parents: [], surface: pick(sources), locale: pick(locales) },
      expected: { label: violates ? 'violates' : 'allowed', rules: violates ? { [`H${1 + Math.floor(random() * 9)}`]: true } : {} },
      tags: random() < 0.3 ? ['sarcasm', 'quotation'] : ['plain'],
      mustPass: random() < 0.02,
      meta: { functionality: pick(functionalities), source: pick(sources), batch: Math.floor(index / 1000), annotators: 3 },
      annotations: [],
    }
  }
}
