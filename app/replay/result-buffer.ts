import type { CacheEntry, Clock, ResponseCache, ReplayStore, TrialResult } from './ports'

export type FinishedTrial = { result: TrialResult; expectedLabel: string | null; cacheEntry: { key: string; entry: CacheEntry } | null }

export type ResultBufferOptions = {
  replayId: string
  store: ReplayStore
  cache: ResponseCache | null
  clock: Clock
  /** Runs a write, and again after a wait where the disk or the database is in trouble. */
  persist: <Value>(work: () => Promise<Value>) => Promise<Value>
  onCommitted: (finished: readonly FinishedTrial[]) => void
  onFatal: (error: unknown) => void
}

const largestGroup = 512

/** Answers go into the cache in groups of this size, or after this long: one by one they would cost more than the trials. */
const answerGroup = 512
const answerDelayMs = 100

/**
 * Finished trials on their way to the store. What came in one turn of the event loop is committed at its end, as one group: while there is
 * time to spare a slot is free again at once, and where time is short turns are long and groups large. What is here is lost when the process
 * is killed. A trial is safe once it is committed; its answer follows into the cache, for other replays.
 */
export class ResultBuffer {
  private pending: FinishedTrial[] = []
  private committing = 0
  private flushing: Promise<void> | null = null
  private scheduled = false
  private answers: Array<{ key: string; entry: CacheEntry }> = []
  private keeping: Promise<void> | null = null
  private answersScheduled = false

  constructor(private readonly options: ResultBufferOptions) {}

  /** Trials that have no committed result yet. */
  get size(): number {
    return this.pending.length + this.committing
  }

  add(finished: FinishedTrial): void {
    this.pending.push(finished)
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled || this.flushing !== null) return
    this.scheduled = true
    void this.options.clock.sleep(0).then(() => {
      this.scheduled = false
      this.start()
    })
  }

  /** Resolves when everything that was added is committed. */
  async flush(): Promise<void> {
    while (this.flushing || this.size > 0) {
      this.start()
      await this.flushing
    }
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
    this.flushing = this.commit(this.pending.splice(0, largestGroup))
      .catch(this.options.onFatal)
      .finally(() => {
        this.committing = 0
        this.flushing = null
        if (this.pending.length > 0) this.schedule()
      })
  }

  private async commit(group: FinishedTrial[]): Promise<void> {
    const { store, clock, replayId, persist, onCommitted } = this.options
    this.committing = group.length
    const results = group.map(({ result }) => result)
    await persist(() => store.commit(replayId, results, clock.nowMs()))
    this.committing = 0
    this.addAnswers(group)
    onCommitted(group)
  }
}
