import { createRandom, type Random } from '~/domain/statistics/index'

export type DiscordantSample = { n10: number; n01: number; n: number }

/** n cases of two versions: only version 1 right with chance p10, only version 2 with p01. */
export function drawDiscordant(random: Random, n: number, p10: number, p01: number): DiscordantSample {
  let n10 = 0
  let n01 = 0
  for (let index = 0; index < n; index += 1) {
    const u = random.next()
    if (u < p10) n10 += 1
    else if (u < p10 + p01) n01 += 1
  }
  return { n10, n01, n }
}

/** Share of `runs` simulated studies in which `event` holds. */
export function shareOf(runs: number, seed: number, event: (random: Random) => boolean): number {
  const random = createRandom(seed)
  let hits = 0
  for (let run = 0; run < runs; run += 1) if (event(random)) hits += 1
  return hits / runs
}

/** Four standard errors of a simulated share: a right procedure stays within them but for one seed in 15 000. */
export const monteCarloError = (share: number, runs: number): number => 4 * Math.sqrt((share * (1 - share)) / runs)

/** A label at random. */
export const pick = (random: Random, labels: readonly string[]): string => labels[random.nextInt(labels.length)] as string
