import { retryDelayMs } from '~/replay/backoff'
import type { Clock, RateLimitHints } from '~/replay/ports'
import { ProviderGate } from '~/replay/provider-gate'
import type { Seat } from '~/replay/provider-gate'
import { RetryQueue } from '~/replay/retry-queue'

/**
 * Replays that call a provider with limits, in virtual time: the gate, the backoff and the retry queue are the real ones, the rest is the least
 * that a replay does with them. Thousands of calls a second for half a minute take a fraction of a second.
 */

export type Judgement = { status: number; limits: RateLimitHints }
/** What a provider says to a call that comes to it at `nowMs`; `inFlight` are those that it has under way, this one included. */
export type JudgeCall = (nowMs: number, inFlight: number) => Judgement

export type SimulatedReplay = {
  concurrency: number
  startMs?: number
  /** Calls that it has to make; default: it never ends. */
  calls?: number
}

export type CallRecord = { replay: number; startedMs: number; endedMs: number; status: number }

/** Mulberry32, with a seed, so that every run is the same. */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class EventClock implements Clock {
  private timeMs = 0
  private readonly events = new RetryQueue<() => void>()

  constructor(private readonly random: () => number) {}

  nowMs = () => this.timeMs

  /** Passes from one look to the next, as real ones do. */
  monotonicMs = () => (this.timeMs += 1e-6)

  /** As late as Node's timers are: in whole milliseconds, and a little more. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.timeMs + Math.max(1, Math.ceil(ms)) + 0.3 * this.random(), resolve))
  }

  at(timeMs: number, happen: () => void): void {
    this.events.add(happen, timeMs)
  }

  async run(untilMs: number): Promise<void> {
    while (this.events.nextDueMs <= untilMs) {
      this.timeMs = Math.max(this.timeMs, this.events.nextDueMs)
      this.events.takeDue(this.timeMs)!()
      // What waited for it goes on before time does.
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    }
  }
}

export async function simulate(options: {
  judge: JudgeCall
  latencyMs: number
  seconds: number
  replays: readonly SimulatedReplay[]
  /** Share of the latency by which it differs from call to call. */
  jitter?: number
  /** What a call costs the calling process: no more calls a second than this allows. */
  cpuMs?: number
  seed?: number
  onTick?: (nowMs: number, gate: ProviderGate, calls: readonly CallRecord[]) => void
}): Promise<{ calls: CallRecord[]; pauses: string[]; gate: ProviderGate }> {
  const { judge, latencyMs, seconds, replays, jitter = 0.1, cpuMs = 0.25, seed = 1, onTick } = options
  const random = createSeededRandom(seed)
  const clock = new EventClock(random)
  const gate = new ProviderGate(clock)
  const calls: CallRecord[] = []
  const pauses: string[] = []
  let inFlight = 0
  let freeFromMs = 0

  const runReplay = (replay: SimulatedReplay, index: number) => {
    const waiting = new RetryQueue<{ failures: number }>()
    let left = replay.calls ?? Infinity
    let underWay = 0
    let wakeAtMs = Infinity
    const seat: Seat = gate.takeSeat({
      bound: replay.concurrency,
      onRoom: () => pump(),
      onPause: (reason) => pauses.push(reason),
      onResume: () => undefined,
    })

    const pump = () => {
      const nowMs = clock.monotonicMs()
      for (;;) {
        if (underWay >= replay.concurrency) return
        const due = waiting.peekDue(nowMs)
        if (!due && left === 0) {
          seat.rest()
          if (underWay === 0 && waiting.size === 0) return seat.leave()
          const dueMs = waiting.nextDueMs
          if (dueMs === Infinity || (wakeAtMs <= dueMs && wakeAtMs > nowMs)) return
          wakeAtMs = dueMs
          void clock.sleep(dueMs - nowMs).then(pump)
          return
        }
        if (!seat.tryStart()) return
        if (due) waiting.takeDue(nowMs)
        else left--
        start(due ?? { failures: 0 }, nowMs)
      }
    }
    const start = (work: { failures: number }, startedMs: number) => {
      underWay++
      freeFromMs = Math.max(freeFromMs, startedMs) + cpuMs
      const sentMs = freeFromMs
      const onTheWayMs = (latencyMs * (1 + jitter * (random() - 0.5))) / 2
      clock.at(sentMs + onTheWayMs, () => {
        inFlight++
        const { status, limits } = judge(clock.monotonicMs(), inFlight)
        clock.at(sentMs + 2 * onTheWayMs, () => {
          inFlight--
          underWay--
          const nowMs = clock.monotonicMs()
          calls.push({ replay: index, startedMs, endedMs: nowMs, status })
          if (status === 200) seat.finish(startedMs, { type: 'answered', limits })
          else {
            seat.finish(startedMs, status === 429 ? { type: 'rate-limited', limits } : { type: 'failed', reason: `HTTP ${status}` })
            work.failures++
            waiting.add(work, nowMs + retryDelayMs(work.failures, limits, random))
          }
          pump()
        })
      })
    }
    pump()
  }

  replays.forEach((replay, index) => clock.at(replay.startMs ?? 0, () => runReplay(replay, index)))
  if (onTick) for (let ms = 0; ms < seconds * 1000; ms += 100) clock.at(ms, () => onTick(ms, gate, calls))
  await clock.run(seconds * 1000)
  return { calls, pauses, gate }
}

/** Calls that passed for each second, and the share that was turned away, of the calls that ended in a span of time. */
export function summarise(calls: readonly CallRecord[], fromMs: number, toMs: number) {
  const ended = calls.filter(({ endedMs }) => endedMs >= fromMs && endedMs < toMs)
  const passed = ended.filter(({ status }) => status === 200).length
  const turnedAway = ended.filter(({ status }) => status === 429).length
  return { passedPerSecond: (passed / (toMs - fromMs)) * 1000, turnedAwayShare: ended.length ? turnedAway / ended.length : 0 }
}
