import { requireCount, requireProbability, requireSameLength } from './checks'
import { mean } from './descriptive'

/** A probability this far below its threshold still reaches it: the rounding of a mean of equal probabilities (cleanlab does the same). */
const thresholdTolerance = 1e-6

export type ConfidentLearning = {
  /** Mean probability of each class over the cases labelled with it; null for a class never given. */
  thresholds: (number | null)[]
  /** [given label][confident label], uncalibrated counts. */
  confidentJoint: number[][]
  /** Indices of the cases that are confidently something else than their label. */
  offDiagonal: number[]
  /** Probability of the given label. */
  selfConfidence: number[]
  /** (probability of the given label − highest other + 1) / 2; below ½ another label is likelier. */
  normalizedMargin: number[]
}

/**
 * Which labels look wrong (confident learning: Northcutt, Jiang & Chuang 2021, JAIR 70:1373; counting as cleanlab's
 * `compute_confident_joint` documents it). A case is confidently of a class whose probability reaches the mean probability of that class
 * among the cases labelled with it; where several classes reach theirs, of the likeliest class.
 *
 * @param input labels[case], class indices; probs[case][class], out of sample: in the product the vote share of epochs and prompt versions.
 * @throws RangeError for arrays of unequal length, fewer than two classes, an unknown class or a probability outside 0…1.
 */
export function confidentLearning(input: { labels: readonly number[]; probs: readonly (readonly number[])[] }): ConfidentLearning {
  const { labels, probs } = input
  requireSameLength('labels', labels, 'probs', probs)
  const classes = probs[0]?.length ?? 0
  if (probs.length > 0 && classes < 2) throw new RangeError(`probs must have at least 2 classes, got ${classes}`)
  for (const [index, row] of probs.entries()) {
    if (row.length !== classes) throw new RangeError(`probs[${index}] must have ${classes} classes, got ${row.length}`)
    for (const [label, probability] of row.entries()) requireProbability(`probs[${index}][${label}]`, probability)
    const label = labels[index] as number
    requireCount(`labels[${index}]`, label)
    if (label >= classes) throw new RangeError(`labels[${index}] must be below ${classes}, the number of classes, got ${label}`)
  }
  const thresholds = Array.from({ length: classes }, (_, label) =>
    mean(probs.filter((_row, index) => labels[index] === label).map((row) => row[label] as number)),
  )
  const confidentJoint = thresholds.map(() => thresholds.map(() => 0))
  const offDiagonal: number[] = []
  const selfConfidence: number[] = []
  const normalizedMargin: number[] = []
  for (const [index, row] of probs.entries()) {
    const given = labels[index] as number
    const own = row[given] as number
    selfConfidence.push(own)
    normalizedMargin.push((own - Math.max(...row.filter((_, label) => label !== given)) + 1) / 2)
    const reached = row.flatMap((probability, label) => {
      const threshold = thresholds[label] ?? null
      return threshold !== null && probability >= threshold - thresholdTolerance ? [label] : []
    })
    const confident = reached.length > 1 ? row.indexOf(Math.max(...row)) : reached[0]
    if (confident === undefined) continue
    const counts = confidentJoint[given] as number[]
    counts[confident] = (counts[confident] as number) + 1
    if (confident !== given) offDiagonal.push(index)
  }
  return { thresholds, confidentJoint, offDiagonal, selfConfidence, normalizedMargin }
}
