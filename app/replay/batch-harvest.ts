import type { BatchResult, BatchStatus } from './ports'

/** A request that fails in so many batches, while others are answered, is given up. */
const mostTries = 3

/** What was found in the results of batches, beside the results. */
export type Gleaned = {
  results: ReadonlyMap<string, BatchResult>
  /** What the model turned out not to take; empty texts where nothing was left out for it. From now on it is asked otherwise. */
  learnt: readonly string[]
  /** Why no other batch can succeed either, as it stands in that batch. */
  lasting: { batchId: string; reason: string } | null
}

/** What the batches of a run gave so far, and how often each request failed in them. */
export class BatchHarvest {
  /** In how many batches a request failed for a reason that may pass. */
  private readonly failures = new Map<string, number>()
  /** The provider has answered requests of this replay. */
  hasResults = false
  /** In the provider's words. */
  lastFailure: string | null = null

  async gather(ended: readonly BatchStatus[], collect: (batchId: string) => Promise<BatchResult[]>): Promise<Gleaned> {
    const results = new Map<string, BatchResult>()
    const learnt: string[] = []
    let lasting: Gleaned['lasting'] = null
    for (const { id } of ended)
      for (const result of await collect(id)) {
        this.hasResults ||= result.type !== 'again'
        // An answer stays one, whatever else a file says of the request.
        const known = results.get(result.customId)
        if (!known || known.type === 'again' || (known.type === 'error' && result.type === 'answer')) results.set(result.customId, result)
        if (result.type !== 'again') continue
        if (result.warning !== undefined) learnt.push(result.warning)
        if (result.detail === undefined) continue
        this.lastFailure = result.detail
        if (result.isLasting) lasting = { batchId: id, reason: result.detail }
        this.failures.set(result.customId, this.failuresOf(result.customId) + 1)
      }
    return { results, learnt, lasting }
  }

  failuresOf(customId: string): number {
    return this.failures.get(customId) ?? 0
  }

  /** Why a request that was not answered is not asked again; null: it is. */
  whyGivenUp(result: Extract<BatchResult, { type: 'again' }>): string | null {
    const failures = this.failuresOf(result.customId)
    if (result.detail === undefined || result.isLasting || failures < mostTries || !this.hasResults) return null
    return `given up after ${failures} batches: ${result.detail}`
  }
}
