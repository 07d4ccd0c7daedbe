import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ReplayPorts } from '~/replay/engine'
import type { Clock, ModelAnswer, ModelRequest, ReplayDefinition, ReplayStatus } from '~/replay/ports'
import { createGates } from '~/replay/provider-gate'
import { MemoryReplayStore } from './memory-replay-store'
import { MemoryResponseCache } from './memory-response-cache'

/** Time that passes only when everything waits for it: sleeps end in order, as soon as nothing else is left to do. */
export class VirtualClock implements Clock {
  private time = 0
  private sleepers: Array<{ atMs: number; order: number; wake: () => void }> = []
  private order = 0
  private advancing = false
  private asleepMs = 0

  nowMs(): number {
    return 1_760_000_000_000 + this.time + this.asleepMs
  }

  /** The machine slept: the clock on the wall went on, nothing else did. */
  fallAsleep(ms: number): void {
    this.asleepMs += ms
  }

  monotonicMs(): number {
    return this.time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const sleeper = { atMs: this.time + Math.max(0, ms), order: this.order++, wake: () => resolve() }
      this.sleepers.push(sleeper)
      const onAbort = () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort)
      sleeper.wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      this.advance()
    })
  }

  private advance(): void {
    if (this.advancing) return
    this.advancing = true
    // A macrotask later every promise that could go on has gone on.
    setImmediate(() => {
      this.advancing = false
      const next = this.sleepers.reduce<(typeof this.sleepers)[number] | null>(
        (first, sleeper) =>
          first === null || sleeper.atMs < first.atMs || (sleeper.atMs === first.atMs && sleeper.order < first.order) ? sleeper : first,
        null,
      )
      if (!next) return
      this.sleepers.splice(this.sleepers.indexOf(next), 1)
      this.time = Math.max(this.time, next.atMs)
      next.wake()
      this.advance()
    })
  }
}

/** Remembers each status that it was given. */
class ObservedStore extends MemoryReplayStore {
  readonly statuses: Array<{ status: ReplayStatus; reason: string | null }> = []

  override async setStatus(replayId: string, status: ReplayStatus, reason: string | null): Promise<void> {
    this.statuses.push({ status, reason })
    await super.setStatus(replayId, status, reason)
  }
}

/** As the memory store keys its results. */
export const keyOf = (caseId: string, epoch: number): string => JSON.stringify([caseId, epoch])

export function makeCase(index: number, overrides: Partial<GoldenCase> = {}): GoldenCase {
  return {
    id: `case-${String(index).padStart(5, '0')}`,
    content: `content number ${index}`,
    context: { parents: [] },
    expected: { label: index % 2 ? 'violates' : 'allowed', rules: {} },
    tags: [],
    mustPass: false,
    meta: {},
    annotations: [],
    ...overrides,
  }
}

export function answerOf(text: string, overrides: Partial<ModelAnswer> = {}): ModelAnswer {
  return {
    text,
    finish: 'stop',
    usage: { inputTokens: 100, outputTokens: 10, cachedInputTokens: null, reasoningTokens: null },
    limits: {},
    warnings: [],
    ...overrides,
  }
}

export const verdictText = (label: string): string => JSON.stringify({ rationale: 'because', label, confidence: 0.9 })

export type Respond = (request: ModelRequest, call: { number: number; content: string }) => Promise<ModelAnswer> | ModelAnswer

/** A replay in memory: `caseCount` cases whose answers come from `respond`. */
export function createWorld(options: {
  caseCount: number
  respond?: Respond
  epochs?: number
  latencyMs?: number
  model?: Partial<ReplayDefinition['model']>
  ports?: Partial<ReplayPorts>
  cases?: GoldenCase[]
  /** Another world's, where two run side by side. */
  clock?: VirtualClock
}) {
  const clock = options.clock ?? new VirtualClock()
  const definition: ReplayDefinition = {
    id: 'replay-1',
    policyId: 'policy-1',
    scheme: defaultVerdictScheme,
    promptText: 'Remove what is vile.',
    goldenSetId: 'set-1',
    goldenRevision: 1,
    model: { provider: 'openai', name: 'any', ...options.model },
    epochs: options.epochs ?? 1,
  }
  const cases = options.cases ?? Array.from({ length: options.caseCount }, (_, index) => makeCase(index))
  const store = new ObservedStore(definition, cases)
  const cache = new MemoryResponseCache()
  const calls: Array<{ content: string; startedMs: number; endedMs: number | null }> = []
  let inFlight = 0
  const peak = { inFlight: 0 }
  const respond: Respond = options.respond ?? (() => answerOf(verdictText('violates')))
  const gates = createGates(clock)
  const ports: ReplayPorts = {
    store,
    cache,
    clock,
    price: () => null,
    random: () => 0.5,
    gate: gates('memory'),
    describeTrouble: () => null,
    client: {
      configuration: definition.model,
      async answer(request) {
        const last = request.messages.findLast((message) => message.role === 'user')!
        const content = /content number \d+/.exec(last.content)?.[0] ?? last.content
        const call = { content, startedMs: clock.monotonicMs(), endedMs: null as number | null }
        const number = calls.push(call)
        inFlight++
        peak.inFlight = Math.max(peak.inFlight, inFlight)
        try {
          if (options.latencyMs) await clock.sleep(options.latencyMs, request.signal)
          return await respond(request, { number, content })
        } finally {
          inFlight--
          call.endedMs = clock.monotonicMs()
        }
      },
    },
    ...options.ports,
  }
  return { clock, definition, cases, store, cache, calls, peak, ports, gates }
}
