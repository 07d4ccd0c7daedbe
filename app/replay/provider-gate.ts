import { CallPace } from './call-pace'
import { CircuitBreaker } from './circuit-breaker'
import { ConcurrencyLimit } from './concurrency-limit'
import type { Clock, RateLimitHints } from './ports'

/**
 * One provider as all replays of a process share it: how many calls may be under way, how fast they may go out, and whether it is worth
 * calling at all. Every replay takes a seat; seats that want to call get equal shares.
 */

export type SeatOptions = {
  /** The most calls that this seat may have under way. */
  bound: number
  /** Where the limit starts when nobody else is seated. */
  start?: number
  /** Called when a call may be possible again. */
  onRoom: () => void
  /** The provider is left alone until `untilMs` (monotonic) because it only fails. */
  onPause: (reason: string, untilMs: number) => void
  onResume: () => void
}

export type CallEnd =
  { type: 'answered' } | { type: 'rate-limited'; limits: RateLimitHints } | { type: 'failed'; reason: string } | { type: 'abandoned' }

export type Seat = {
  /** Takes a slot if there is one now. False: `onRoom` will be called when it may be worth asking again. */
  tryStart(): boolean
  /** Gives the slot back. `startedMs` is monotonic. */
  finish(startedMs: number, end: CallEnd): void
  /** The provider is left alone because it only fails. */
  isPaused(): boolean
  /** This seat has nothing to call at the moment: its share goes to the others. */
  rest(): void
  leave(): void
}

type SeatState = { options: SeatOptions; inFlight: number; wants: boolean }

export class ProviderGate {
  private readonly seats: SeatState[] = []
  private limit: ConcurrencyLimit | null = null
  private readonly pace = new CallPace()
  private readonly breaker = new CircuitBreaker()
  private inFlight = 0
  private next = 0
  private wakeAtMs = Infinity
  private lastReason = ''

  constructor(private readonly clock: Clock) {}

  /** The limit of calls under way that is in force. */
  get currentLimit(): number {
    return this.limit?.current ?? 0
  }

  get callsPerSecond(): number | null {
    return this.pace.perSecond
  }

  takeSeat(options: SeatOptions): Seat {
    const state: SeatState = { options, inFlight: 0, wants: false }
    if (this.limit === null)
      this.limit = new ConcurrencyLimit({ bound: options.bound, ...(options.start === undefined ? {} : { start: options.start }) })
    this.seats.push(state)
    this.limit.setBound(Math.max(...this.seats.map((seat) => seat.options.bound)))
    return {
      tryStart: () => this.tryStart(state),
      finish: (startedMs, end) => this.finish(state, startedMs, end),
      isPaused: () => this.breaker.isOpen,
      rest: () => {
        state.wants = false
      },
      leave: () => {
        this.inFlight -= state.inFlight
        this.seats.splice(this.seats.indexOf(state), 1)
        if (this.seats.length) this.limit?.setBound(Math.max(...this.seats.map((seat) => seat.options.bound)))
        this.wakeOthers(null)
      },
    }
  }

  private tryStart(state: SeatState): boolean {
    state.wants = true
    if (this.inFlight >= this.limit!.current || state.inFlight >= state.options.bound) return false
    if (this.seats.length > 1) {
      const wanting = this.seats.filter((seat) => seat.wants).length
      if (state.inFlight >= Math.ceil(this.limit!.current / wanting)) return false
    }
    const nowMs = this.clock.monotonicMs()
    const waitMs = Math.max(this.breaker.waitMs(nowMs), this.pace.waitMs(nowMs))
    if (waitMs > 0) {
      if (waitMs !== Infinity) this.wakeAfter(waitMs, nowMs)
      return false
    }
    this.limit!.start(nowMs)
    this.breaker.start()
    this.pace.take(nowMs)
    state.inFlight++
    this.inFlight++
    return true
  }

  private finish(state: SeatState, startedMs: number, end: CallEnd): void {
    const nowMs = this.clock.monotonicMs()
    state.inFlight--
    this.inFlight--
    if (end.type === 'answered') {
      this.limit!.succeed(nowMs)
      this.pace.succeed(nowMs)
      if (this.breaker.succeed(nowMs)) for (const seat of this.seats) seat.options.onResume()
    } else if (end.type === 'abandoned') this.breaker.abandon()
    else {
      const rateLimited = end.type === 'rate-limited'
      if (rateLimited) {
        this.limit!.turnAway(nowMs, startedMs)
        this.pace.turnAway(nowMs, end.limits)
      } else {
        this.limit!.fail(nowMs)
        this.lastReason = end.reason
      }
      if (this.breaker.fail(nowMs, rateLimited))
        this.announcePause(rateLimited ? 'The provider answers nothing but "too many requests".' : this.lastReason, nowMs)
    }
    this.wakeOthers(state)
  }

  private announcePause(reason: string, nowMs: number): void {
    const untilMs = this.breaker.probeAtMs ?? nowMs
    for (const seat of this.seats) seat.options.onPause(reason, untilMs)
    this.wakeAfter(untilMs - nowMs, nowMs)
  }

  /** Others first, in turn, so that a small limit goes round. The seat that finished looks for itself. */
  private wakeOthers(finished: SeatState | null): void {
    const count = this.seats.length
    if (count <= 1 && finished !== null) return
    this.next = (this.next + 1) % Math.max(1, count)
    for (let offset = 0; offset < count; offset++) {
      const seat = this.seats[(this.next + offset) % count]
      if (seat && seat !== finished && seat.wants) seat.options.onRoom()
    }
  }

  private wakeAfter(waitMs: number, nowMs: number): void {
    const atMs = nowMs + waitMs
    // A sleep that ends a little earlier than wanted only looks once more.
    if (this.wakeAtMs <= atMs && this.wakeAtMs > nowMs) return
    this.wakeAtMs = atMs
    void this.clock.sleep(waitMs).then(() => {
      if (this.wakeAtMs === atMs) this.wakeAtMs = Infinity
      this.next++
      const count = this.seats.length
      for (let offset = 0; offset < count; offset++) {
        const seat = this.seats[(this.next + offset) % count]
        if (seat?.wants) seat.options.onRoom()
      }
    })
  }
}

/** The gates of a process, one for each provider. */
export function createGates(clock: Clock): (provider: string) => ProviderGate {
  const gates = new Map<string, ProviderGate>()
  return (provider) => {
    let gate = gates.get(provider)
    if (!gate) {
      gate = new ProviderGate(clock)
      gates.set(provider, gate)
    }
    return gate
  }
}
