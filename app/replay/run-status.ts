import type { ReplayEvent, ReplayStatus } from './ports'
import type { ReplayPorts } from './run-options'

/** A pause that lasts no longer than this beyond what was told is the same pause. */
const leastDelayMs = 500

/** Tells the store and the listeners that a run pauses and goes on, and why. */
export class RunStatus {
  private writes: Promise<void> = Promise.resolve()
  private storeInTrouble = false
  /** What was told last: several writes that wait for one trouble are one pause. */
  private told: { reason: string; untilMs: number } | null = null
  private readonly warnings = new Set<string>()

  constructor(
    private readonly ports: Pick<ReplayPorts, 'store' | 'clock' | 'describeTrouble'>,
    private readonly replayId: string,
    private readonly emit: (event: ReplayEvent) => void,
    private readonly onFatal: (error: unknown) => void,
  ) {}

  /** The store cannot be written at the moment: nothing is started. */
  get isStoreInTrouble(): boolean {
    return this.storeInTrouble
  }

  pauseForProvider(reason: string, untilMonotonicMs: number): void {
    const { clock } = this.ports
    this.set('paused', reason)
    this.tell(reason, clock.nowMs() + Math.max(0, untilMonotonicMs - clock.monotonicMs()))
  }

  resume(): void {
    this.storeInTrouble = false
    if (this.told === null) return
    this.told = null
    this.set('running', null)
    this.emit({ type: 'resumed', replayId: this.replayId })
  }

  pauseForStore(reason: string, untilMs: number): void {
    if (!this.storeInTrouble) this.set('paused', reason)
    this.storeInTrouble = true
    this.tell(reason, untilMs)
  }

  private tell(reason: string, untilMs: number): void {
    if (this.told?.reason === reason && untilMs - this.told.untilMs < leastDelayMs) return
    this.told = { reason, untilMs }
    this.emit({ type: 'paused', replayId: this.replayId, reason, untilMs })
  }

  /** Each warning once, and no more than a screenful. */
  warn(message: string): void {
    if (this.warnings.has(message) || this.warnings.size >= 50) return
    this.warnings.add(message)
    this.emit({ type: 'warning', replayId: this.replayId, message })
  }

  /** Resolves when every status is written. */
  settled(): Promise<void> {
    return this.writes
  }

  private set(status: ReplayStatus, reason: string | null): void {
    const { store, clock, describeTrouble } = this.ports
    this.writes = this.writes
      .then(() => store.setStatus(this.replayId, status, reason, clock.nowMs()))
      .catch((error: unknown) => {
        // A status that cannot be written while the store is in trouble is not worth stopping for: the next one is written anew.
        if (describeTrouble(error) === null) this.onFatal(error)
      })
  }
}
