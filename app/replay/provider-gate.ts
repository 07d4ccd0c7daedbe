import { CallPace } from './call-pace'
import { CircuitBreaker } from './circuit-breaker'
import { ConcurrencyLimit } from './concurrency-limit'
import type { Clock, RateLimitHints } from './ports'
import { ProviderWord } from './provider-word'

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
  | { type: 'answered'; limits?: RateLimitHints; tokens?: number }
  | { type: 'rate-limited'; limits: RateLimitHints }
  | { type: 'failed'; reason: string }
  | { type: 'abandoned' }

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

type SeatState = {
  options: SeatOptions
  inFlight: number
  wants: boolean
  /** It asked, and others had what it asked for. */
  refused: boolean
  /** Calls that it started, as if it had always had its share: who comes late has no claim on the past. */
  served: number
}

/** Where the pace is the limit, nobody is so many calls ahead of somebody who waits. */
const mostAhead = 2

export class ProviderGate {
  private readonly seats: SeatState[] = []
  private limit: ConcurrencyLimit | null = null
  private readonly pace = new CallPace()
  private readonly word = new ProviderWord()
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
    const state: SeatState = { options, inFlight: 0, wants: false, refused: false, served: 0 }
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
        state.refused = false
      },
      leave: () => {
        this.inFlight -= state.inFlight
        if (state.inFlight > 0) {
          this.word.forget()
          this.breaker.abandon()
        }
        this.seats.splice(this.seats.indexOf(state), 1)
        if (this.seats.length) this.limit?.setBound(Math.max(...this.seats.map((seat) => seat.options.bound)))
        this.wakeOthers(null)
      },
    }
  }

  private tryStart(state: SeatState): boolean {
    if (!state.wants) this.sitUp(state)
    state.refused = false
    if (state.inFlight >= state.options.bound) return false
    const nowMs = this.clock.monotonicMs()
    if (this.inFlight >= this.limit!.current || (this.seats.length > 1 && !this.isItsTurn(state, nowMs))) {
      state.refused = true
      return false
    }
    const waitMs = Math.max(this.breaker.waitMs(nowMs), this.word.waitMs(nowMs, this.inFlight), this.pace.waitMs(nowMs))
    if (waitMs > 0) {
      state.refused = true
      if (waitMs !== Infinity) this.wakeAfter(waitMs, nowMs)
      return false
    }
    this.limit!.start(nowMs)
    this.breaker.start()
    this.word.start(nowMs)
    this.pace.take(nowMs)
    state.served++
    state.inFlight++
    this.inFlight++
    return true
  }

  private sitUp(state: SeatState): void {
    state.wants = true
    let least = Infinity
    for (const seat of this.seats) if (seat !== state && seat.wants) least = Math.min(least, seat.served)
    if (least !== Infinity) state.served = Math.max(state.served, least)
  }

  private isItsTurn(state: SeatState, nowMs: number): boolean {
    if (state.inFlight >= this.shareOf(state)) return false
    if (this.pace.perSecond === null) return true
    for (const seat of this.seats) {
      if (seat === state || !seat.refused || state.served < seat.served + mostAhead) continue
      // Should it want nothing any more, there is somebody to say so.
      this.wakeAfter(1, nowMs)
      return false
    }
    return true
  }

  /** Equal shares of the limit for all who want to call; what one may not use for its own bound goes to the others. */
  private shareOf(state: SeatState): number {
    let left = this.limit!.current
    let sharing = 0
    for (const seat of this.seats) if (seat.wants) sharing++
    let share = left / Math.max(1, sharing)
    for (let round = 0; round < this.seats.length; round++) {
      left = this.limit!.current
      let unbound = 0
      for (const seat of this.seats)
        if (seat.wants) {
          if (seat.options.bound <= share) left -= seat.options.bound
          else unbound++
        }
      const next = unbound === 0 ? share : left / unbound
      if (next === share) break
      share = next
    }
    return Math.min(state.options.bound, Math.ceil(share))
  }

  private finish(state: SeatState, startedMs: number, end: CallEnd): void {
    const nowMs = this.clock.monotonicMs()
    state.inFlight--
    this.inFlight--
    if (end.type === 'answered') {
      this.limit!.succeed(nowMs, startedMs)
      const wasTolerated = this.pace.toleratedShare !== null
      this.pace.succeed(nowMs, startedMs)
      if (!wasTolerated && this.pace.toleratedShare !== null) this.limit!.tolerate(this.pace.toleratedShare)
      this.word.succeed(nowMs, startedMs, end.limits, end.tokens ?? 0)
      if (this.pace.isHolding(nowMs)) this.limit!.letRise()
      if (this.breaker.succeed(nowMs)) for (const seat of this.seats) seat.options.onResume()
    } else if (end.type === 'abandoned') {
      this.word.end(startedMs)
      this.breaker.abandon()
    } else {
      const rateLimited = end.type === 'rate-limited'
      if (rateLimited) {
        const wasTolerated = this.pace.toleratedShare
        this.word.turnAway(nowMs, startedMs, end.limits, wasTolerated)
        this.pace.turnAway(nowMs, startedMs)
        // Fewer calls would be turned away as often.
        if (this.pace.toleratedShare === null) this.limit!.turnAway(nowMs, startedMs)
      } else {
        this.word.end(startedMs)
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
      if (seat && seat !== finished && seat.wants) this.offer(seat)
    }
  }

  private offer(seat: SeatState): void {
    seat.refused = false
    seat.options.onRoom()
  }

  private wakeAfter(waitMs: number, nowMs: number): void {
    const atMs = nowMs + waitMs
    // A sleep that ends a little earlier than wanted only looks once more.
    if (this.wakeAtMs - atMs < 1 && this.wakeAtMs > nowMs) return
    this.wakeAtMs = atMs
    void this.clock.sleep(waitMs).then(() => {
      if (this.wakeAtMs === atMs) this.wakeAtMs = Infinity
      this.next++
      const count = this.seats.length
      for (let offset = 0; offset < count; offset++) {
        const seat = this.seats[(this.next + offset) % count]
        if (seat?.wants) this.offer(seat)
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
