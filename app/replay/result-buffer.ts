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

/** Finished trials on their way to the store, committed in groups. Small ones: what is here is lost when the process is killed. */
export class ResultBuffer {
  private pending: FinishedTrial[] = []
  private flushing: Promise<void> | null = null
  private scheduled = false

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
    const { store, cache, clock, replayId, persist, onCommitted } = this.options
    while (this.pending.length > 0) {
      const group = this.pending.splice(0, largestGroup)
      this.committing = group.length
      const entries = cache ? group.flatMap(({ cacheEntry }) => cacheEntry ?? []) : []
      // The answer first: killed between the two, the replay finds it in the cache and does not pay again.
      if (cache && entries.length) await persist(() => cache.putMany(entries))
      const results = group.map(({ result }) => result)
      await persist(() => store.commit(replayId, results, clock.nowMs()))
      this.committing = 0
      onCommitted(group)
      if (this.pending.length < this.groupSize) return
    }
  }
}
