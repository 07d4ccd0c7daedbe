import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** A case that is complete and dull; the test names what it is about. */
export function goldenCase(changes: Partial<GoldenCase> = {}): GoldenCase {
  return {
    id: 'case-1',
    content: 'You people never learn.',
    context: { parents: [] },
    expected: { label: 'violates', rules: {} },
    tags: [],
    mustPass: false,
    meta: {},
    annotations: [],
    ...changes,
  }
}

/** `count` cases `case-1` … with content of their own, every third allowed. */
export function goldenCases(count: number, changes: (index: number) => Partial<GoldenCase> = () => ({})): GoldenCase[] {
  return Array.from({ length: count }, (_, index) =>
    goldenCase({
      id: `case-${index + 1}`,
      content: `Message number ${index + 1}`,
      expected: { label: index % 3 === 2 ? 'allowed' : 'violates', rules: {} },
      ...changes(index),
    }),
  )
}
