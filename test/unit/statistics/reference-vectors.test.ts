import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as statistics from '~/domain/statistics/index'

/** Vectors computed with SciPy, statsmodels and scikit-learn; they live outside the repository. */
const file = fileURLToPath(new URL('../../../../shared/reference/stats-reference.json', import.meta.url))

const groups = [
  'wilsonInterval',
  'clopperPearson',
  'newcombePaired',
  'tangoScoreInterval',
  'newcombeIndependent',
  'mcnemar',
  'nonInferiorityPaired',
  'cochranQ',
  'adjustPValues',
  'classificationMetrics',
  'severityWeightedCost',
  'pairedBootstrap',
  'pairedRandomizationExact',
  'clusteredStandardError',
  'designEffect',
  'epochs',
  'pairwiseFlipMulticlass',
  'versionFlips',
  'mcnemarPower',
  'mcnemarSampleSize',
  'hedgedBettingCS',
  'replayLockIn',
  'precisionAtPrevalence',
  'cohenKappa',
  'fleissKappa',
  'krippendorffAlpha',
  'gwetAC1',
  'confidentLearning',
  'shingleJaccard',
  'minhashBands',
  'textTransforms',
  'stripObfuscation',
] as const

type Vector = { id: string; input: Record<string, unknown>; expected: Record<string, unknown> }

/** The interval of a confidence sequence stands on a grid of 1000 steps. */
const onGrid = new Set(['lowerAtEnd', 'upperAtEnd'])

function expectClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    const tolerance = onGrid.has(path.split('.').at(-1) ?? '') ? 2e-3 : 1e-10 * Math.max(1e-3, Math.abs(expected))
    expect(typeof actual, path).toBe('number')
    expect(Math.abs((actual as number) - expected), `${path}: ${String(actual)} for ${expected}`).toBeLessThanOrEqual(tolerance)
  } else if (Array.isArray(expected)) {
    expect(actual, path).toHaveLength(expected.length)
    for (const [index, value] of expected.entries()) expectClose((actual as unknown[])[index], value, `${path}[${index}]`)
  } else if (typeof expected === 'object' && expected !== null) {
    expect(actual, path).toBeTypeOf('object')
    expect(actual, path).not.toBeNull()
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Record<string, unknown>)[key], value, `${path}.${key}`)
  } else expect(actual, path).toBe(expected)
}

if (!existsSync(file)) {
  it.skip('the shared reference vectors are not on this machine: the published values in the other files stand alone', () => {})
} else {
  const reference = JSON.parse(readFileSync(file, 'utf8')) as { groups: Record<string, { vectors: Vector[] }> }
  describe.each(groups)('%s agrees with its reference vectors', (group) => {
    const vectors = reference.groups[group]?.vectors ?? []
    it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
      const input = { ...vector.input }
      if (input.resampleIndices === 'same as vector 0') input.resampleIndices = vectors[0]?.input.resampleIndices
      const actual = (statistics[group] as unknown as (input: unknown) => unknown)(input)
      expectClose(actual, vector.expected, group)
    })
  })
}
