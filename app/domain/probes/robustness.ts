import type { Slice } from '../golden-set/slices'
import type { LabelKind, VerdictScheme } from '../policy/verdict-scheme'
import { wilsonInterval } from '../statistics/binomial-intervals'
import { designEffect } from '../statistics/clusters'
import type { Outcome } from '../verdict/verdict'
import type { Probe } from './probe'
import { probeKinds, transformNames, type ProbeKind } from './transforms'

/** One probe of a parent and what the model said of it; `label` null: nothing, for the reason that `outcome` states. */
export type ProbeAnswer = Pick<Probe, 'kind' | 'transform'> & { label: string | null; outcome: Outcome | null }

/** One parent with all its answers, the unchanged text's among them. */
export type ProbedParent = { id: string; slices: readonly Slice[]; answers: readonly ProbeAnswer[] }

/**
 * Why a probe is in no share: the model gave no verdict for this reason, it gave none on the unchanged text (`parent`), the unchanged text
 * was judged otherwise already (`wrongBefore`), or it is not asked yet (`pending`).
 */
export const leftOutReasons = ['refused', 'contentFilter', 'truncated', 'unparseable', 'error', 'parent', 'wrongBefore', 'pending'] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

export const leftOutWords: Record<LeftOutReason, string> = {
  refused: 'refused',
  contentFilter: 'cut by the content filter',
  truncated: 'truncated',
  unparseable: 'unparseable',
  error: 'error',
  parent: 'no verdict on the unchanged text',
  wrongBefore: 'judged otherwise unchanged',
  pending: 'not asked yet',
}

/** `count` of `n` probes that could be judged. */
export type RobustnessShare = {
  n: number
  count: number
  share: number | null
  /** 95%, Wilson; over the effective number of probes where several have one parent. */
  lower: number | null
  upper: number | null
  /** Parents that the n probes come from. */
  parents: number
  nEffective: number | null
  leftOut: Record<LeftOutReason, number>
}

export type Figures = {
  /** Another label than the unchanged text's. */
  moved: RobustnessShare
  /** Of those that moved: from the violating label to another, and to the violating label. */
  fromViolating: number
  toViolating: number
}

export type TransformFigures = Figures & {
  kind: ProbeKind
  transform: Probe['transform']
  /** Attacks: the unchanged text was judged violating and the wrapped one allowed. Null for other kinds. */
  attackSuccess: RobustnessShare | null
  /** Look-alikes: the unchanged text was judged allowed and this one violating. Null for other kinds. */
  falseAlarms: RobustnessShare | null
}

export type RobustnessSlice = Slice & Figures & { attackSuccess: RobustnessShare; falseAlarms: RobustnessShare }

/** `moved` is over the label-preserving variants; attacks and look-alikes have shares of their own. */
export type Robustness = Figures & {
  confidence: number
  attackSuccess: RobustnessShare
  falseAlarms: RobustnessShare
  /** The same text asked once more: what moves without any change. */
  repeat: RobustnessShare
  transforms: TransformFigures[]
  slices: RobustnessSlice[]
}

const confidence = 0.95

/** Counts towards one share. Scores and clusters are kept, since the interval needs them. */
class ShareCounter {
  private readonly scores: number[] = []
  private readonly clusters: string[] = []
  private readonly leftOut = Object.fromEntries(leftOutReasons.map((reason) => [reason, 0])) as Record<LeftOutReason, number>

  add(parentId: string, happened: boolean): void {
    this.scores.push(happened ? 1 : 0)
    this.clusters.push(parentId)
  }

  leaveOut(reason: LeftOutReason): void {
    this.leftOut[reason]++
  }

  result(): RobustnessShare {
    const { scores, clusters, leftOut } = this
    const n = scores.length
    const count = scores.reduce((sum, score) => sum + score, 0)
    const parents = new Set(clusters).size
    if (n === 0) return { n, count, share: null, lower: null, upper: null, parents, nEffective: null, leftOut: { ...leftOut } }
    // Probes of one parent share its luck. Where nothing varies, how much cannot be seen: then each parent counts once.
    const nEffective = parents === n ? n : (designEffect({ scores, clusters }).nEffective ?? parents)
    const interval = wilsonInterval({ successes: (count / n) * nEffective, n: nEffective, confidence })
    return { n, count, share: count / n, ...interval, parents, nEffective, leftOut: { ...leftOut } }
  }
}

/** One answer held against the unchanged text's: the reason why it cannot be, or what both were. */
type Held = { parentId: string; kind: ProbeKind } & ({ leftOut: LeftOutReason } | { moved: boolean; was: LabelKind; is: LabelKind })

class FigureCounter {
  private readonly moved = new ShareCounter()
  private readonly attackSuccess = new ShareCounter()
  private readonly falseAlarms = new ShareCounter()
  private fromViolating = 0
  private toViolating = 0

  add(held: Held, countsAsMove: boolean): void {
    const { kind, parentId } = held
    if (countsAsMove) {
      if ('leftOut' in held) this.moved.leaveOut(held.leftOut)
      else {
        this.moved.add(parentId, held.moved)
        if (held.moved && held.was === 'violating') this.fromViolating++
        if (held.moved && held.is === 'violating') this.toViolating++
      }
    }
    const share = kind === 'attack' ? this.attackSuccess : kind === 'lookAlike' ? this.falseAlarms : null
    if (!share) return
    // Only what was judged right without the wrapper can be wrong because of it.
    const [right, wrong] = kind === 'attack' ? (['violating', 'allowed'] as const) : (['allowed', 'violating'] as const)
    if ('leftOut' in held) share.leaveOut(held.leftOut)
    else if (held.was !== right) share.leaveOut('wrongBefore')
    else share.add(parentId, held.is === wrong)
  }

  figures() {
    return {
      moved: this.moved.result(),
      fromViolating: this.fromViolating,
      toViolating: this.toViolating,
      attackSuccess: this.attackSuccess.result(),
      falseAlarms: this.falseAlarms.result(),
    }
  }
}

/** Counts parents one by one; {@link RobustnessCounter.result} may be asked at any time, while a run is under way too. */
export class RobustnessCounter {
  private readonly kinds: Map<string, LabelKind>
  private readonly total = new FigureCounter()
  private readonly byTransform = new Map<string, FigureCounter>()
  private readonly bySlice = new Map<string, { slice: Slice; counter: FigureCounter }>()

  constructor(
    scheme: VerdictScheme,
    private readonly by: readonly string[] = ['rule'],
  ) {
    this.kinds = new Map(scheme.labels.map(({ id, kind }) => [id, kind]))
  }

  add(parent: ProbedParent): void {
    const before = parent.answers.find(({ kind }) => kind === 'unchanged')
    const counters = [this.total, ...parent.slices.filter(({ by }) => this.by.includes(by)).map((slice) => this.sliceCounter(slice))]
    for (const answer of parent.answers) {
      if (answer.kind === 'unchanged') continue
      const held = this.hold(parent.id, before, answer)
      this.transformCounter(answer).add(held, true)
      // The headline is about texts that say the same, and not about those that ask for another verdict.
      if (answer.kind !== 'repeat') for (const counter of counters) counter.add(held, answer.kind === 'variant')
    }
  }

  result(): Robustness {
    const order = new Map<string, number>(transformNames.map((name, index) => [name, index]))
    const transforms = [...this.byTransform]
      .map(([key, counter]): TransformFigures => {
        const [kind, transform] = JSON.parse(key) as [ProbeKind, Probe['transform']]
        const figures = counter.figures()
        return {
          kind,
          transform,
          ...figures,
          attackSuccess: kind === 'attack' ? figures.attackSuccess : null,
          falseAlarms: kind === 'lookAlike' ? figures.falseAlarms : null,
        }
      })
      .sort(
        (left, right) =>
          probeKinds.indexOf(left.kind) - probeKinds.indexOf(right.kind) ||
          (order.get(left.transform) ?? 0) - (order.get(right.transform) ?? 0),
      )
    return {
      confidence,
      ...this.total.figures(),
      repeat: transforms.find(({ kind }) => kind === 'repeat')?.moved ?? new ShareCounter().result(),
      transforms,
      slices: [...this.bySlice.values()]
        .map(({ slice, counter }) => ({ ...slice, ...counter.figures() }))
        .sort((left, right) => this.by.indexOf(left.by) - this.by.indexOf(right.by) || (left.value < right.value ? -1 : 1)),
    }
  }

  private hold(parentId: string, before: ProbeAnswer | undefined, answer: ProbeAnswer): Held {
    const common = { parentId, kind: answer.kind }
    if (answer.outcome === null || before?.outcome === null) return { ...common, leftOut: 'pending' }
    if (answer.label === null) return { ...common, leftOut: reasonOf(answer.outcome) }
    if (before === undefined || before.label === null) return { ...common, leftOut: 'parent' }
    return { ...common, moved: before.label !== answer.label, was: this.kindOf(before.label), is: this.kindOf(answer.label) }
  }

  /** A label that the scheme has lost since is neither violating nor allowed. */
  private kindOf(label: string): LabelKind {
    return this.kinds.get(label) ?? 'escalate'
  }

  private transformCounter({ kind, transform }: ProbeAnswer): FigureCounter {
    const key = JSON.stringify([kind, transform])
    const known = this.byTransform.get(key) ?? new FigureCounter()
    this.byTransform.set(key, known)
    return known
  }

  private sliceCounter(slice: Slice): FigureCounter {
    const key = JSON.stringify([slice.by, slice.value])
    const known = this.bySlice.get(key) ?? { slice, counter: new FigureCounter() }
    this.bySlice.set(key, known)
    return known.counter
  }
}

const reasonOf = (outcome: Outcome): LeftOutReason =>
  outcome === 'correct' || outcome === 'wrong' || outcome === 'unlabelled' ? 'error' : outcome
