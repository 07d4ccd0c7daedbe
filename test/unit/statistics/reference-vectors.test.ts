import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import {
  adjustPValues,
  classificationMetrics,
  clopperPearson,
  clusteredStandardError,
  cochranQ,
  cohenKappa,
  confidentLearning,
  designEffect,
  epochs,
  fleissKappa,
  gwetAC1,
  hedgedBettingCS,
  krippendorffAlpha,
  mcnemar,
  mcnemarPower,
  mcnemarSampleSize,
  minhashBands,
  newcombeIndependent,
  newcombePaired,
  nonInferiorityPaired,
  pairedBootstrap,
  pairedRandomizationExact,
  pairwiseFlipMulticlass,
  precisionAtPrevalence,
  replayLockIn,
  severityWeightedCost,
  shingleJaccard,
  stripObfuscation,
  tangoScoreInterval,
  textTransforms,
  versionFlips,
  wilsonInterval,
} from '~/domain/statistics/index'
import { closeTo, nearly } from './_support/expectations'

/** Vectors computed with SciPy, statsmodels and scikit-learn; they live outside the repository. */
const file = fileURLToPath(new URL('../../../../shared/reference/stats-reference.json', import.meta.url))
const present = existsSync(file)

type Vector = { id: string; input: Record<string, unknown>; expected: unknown }
const readVectors = (group: string): Vector[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { groups: Record<string, { vectors: Vector[] }> }).groups[group]?.vectors ?? []

const functions: Record<string, (input: never) => unknown> = {
  wilsonInterval,
  clopperPearson,
  newcombePaired,
  tangoScoreInterval,
  newcombeIndependent,
  mcnemar,
  nonInferiorityPaired,
  cochranQ,
  adjustPValues,
  classificationMetrics,
  severityWeightedCost,
  pairedBootstrap,
  pairedRandomizationExact,
  clusteredStandardError,
  designEffect,
  epochs,
  pairwiseFlipMulticlass,
  versionFlips,
  mcnemarPower,
  mcnemarSampleSize,
  hedgedBettingCS,
  replayLockIn,
  precisionAtPrevalence,
  cohenKappa,
  fleissKappa,
  krippendorffAlpha,
  gwetAC1,
  confidentLearning,
  shingleJaccard,
  minhashBands,
  textTransforms,
  stripObfuscation,
}

/** The ends of a confidence sequence stand on a grid of 1000 steps; everything else agrees to ten digits. */
function pattern(expected: unknown, key = ''): unknown {
  if (typeof expected === 'number') return key === 'lowerAtEnd' || key === 'upperAtEnd' ? closeTo(expected, 2.4) : nearly(expected, 1e-10)
  if (Array.isArray(expected)) return expected.map((value) => pattern(value))
  if (typeof expected !== 'object' || expected === null) return expected
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, pattern(value, name)]))
}

it.runIf(present).each(Object.entries(functions))(
  '%s agrees with the shared reference vectors (skipped without them)',
  (group, evaluate) => {
    const vectors = readVectors(group)
    expect(vectors.length).toBeGreaterThan(0)
    for (const { id, input, expected } of vectors) {
      const shared = input.resampleIndices === 'same as vector 0' ? { resampleIndices: vectors[0]?.input.resampleIndices } : {}
      const actual = evaluate({ ...input, ...shared } as never)
      expect({ id, actual }).toMatchObject({ id, actual: pattern(expected) })
    }
  },
)
