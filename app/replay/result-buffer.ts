import type { CacheEntry, Clock, ResponseCache, ReplayStore, TrialResult } from './ports'

export type FinishedTrial = { result: TrialResult; expectedLabel: string | null; cacheEntry: { key: string; entry: CacheEntry } | null }

export type ResultBufferOptions = {
  replayId: string
  store: ReplayStore
  cache: ResponseCache | null
  clock: Clock
  /** The largest group that is waited for. */
  groupSize: number
  /** Runs a write, and again after a wait where the disk or the database is in trouble. */
  persist: <Value>(work: () => Promise<Value>) => Promise<Value>
  onCommitted: (finished: readonly FinishedTrial[]) => void
  onFatal: (error: unknown) => void
}

const largestGroup = 512
/** While there is time to spare, a group of this size is large enough, and a smaller one is committed as soon as nothing else is left to do. */
const promptGroup = 8
/** Where time is short, groups are waited for: a commit costs more than a trial in it. */
const busyDelayMs = 3

/** Answers go into the cache in groups of this size, or after this long: one by one they would cost more than the trials. */
const answerGroup = 512
const answerDelayMs = 100

/**
 * Finished trials on their way to the store, committed in groups. Small ones: what is here is lost when the process is killed. A trial is
 * safe once it is committed; its answer follows into the cache, for other replays.
 */
export class ResultBuffer {
  private pending: FinishedTrial[] = []
  private flushing: Promise<void> | null = null
  private scheduled = false
  private answers: Array<{ key: string; entry: CacheEntry }> = []
  private keeping: Promise<void> | null = null
  private answersScheduled = false

  private committing = 0
  private groupSize: number
  private delayMs = 0

  constructor(private readonly options: ResultBufferOptions) {
    this.groupSize = Math.min(promptGroup, options.groupSize)
  }

  /** Says whether the process is short of time: then groups are larger. */
  setBusy(busy: boolean): void {
    this.groupSize = busy ? this.options.groupSize : Math.min(promptGroup, this.options.groupSize)
    this.delayMs = busy ? busyDelayMs : 0
  }

  /** Trials that have no committed result yet. */
  get size(): number {
    return this.pending.length + this.committing
  }

  add(finished: FinishedTrial): void {
    this.pending.push(finished)
    if (this.pending.length >= this.groupSize) this.start()
    else if (!this.scheduled && this.flushing === null) {
      this.scheduled = true
      void this.options.clock.sleep(this.delayMs).then(() => {
        this.scheduled = false
        this.start()
      })
    }
  }

  /** Resolves when everything that was added is committed. */
  async flush(): Promise<void> {
    this.start()
    while (this.flushing) await this.flushing
    this.keepAnswers()
    await this.keeping
  }

  private addAnswers(group: readonly FinishedTrial[]): void {
    if (this.options.cache === null) return
    for (const { cacheEntry } of group) if (cacheEntry) this.answers.push(cacheEntry)
    if (this.answers.length >= answerGroup) this.keepAnswers()
    else if (this.answers.length > 0 && !this.answersScheduled) {
      this.answersScheduled = true
      void this.options.clock.sleep(answerDelayMs).then(() => {
        this.answersScheduled = false
        this.keepAnswers()
      })
    }
  }

  private keepAnswers(): void {
    const { cache, persist, onFatal } = this.options
    if (cache === null || this.keeping || this.answers.length === 0) return
    const write = async () => {
      while (this.answers.length > 0) {
        const group = this.answers.splice(0, answerGroup)
        await persist(() => cache.putMany(group))
      }
    }
    this.keeping = write()
      .catch(onFatal)
      .finally(() => {
        this.keeping = null
      })
  }

  private start(): void {
    if (this.flushing || this.pending.length === 0) return
    this.flushing = this.run()
      .catch(this.options.onFatal)
      .finally(() => {
        this.flushing = null
        if (this.pending.length >= this.groupSize) this.start()
        else if (this.pending.length > 0) {
          const [first] = this.pending.splice(0, 1)
          this.add(first!)
        }
      })
  }

  private async run(): Promise<void> {
    const { store, clock, replayId, persist, onCommitted } = this.options
    while (this.pending.length > 0) {
      const group = this.pending.splice(0, largestGroup)
      this.committing = group.length
      const results = group.map(({ result }) => result)
      await persist(() => store.commit(replayId, results, clock.nowMs()))
      this.committing = 0
      this.addAnswers(group)
      onCommitted(group)
      if (this.pending.length < this.groupSize) return
    }
  }
}
