// Draws from distributions whose truth is known, and how often an interval or a test is right about it.
import { createRandom, type Random } from '../../../evaluation/random.ts'

export const draws = 10_000

/** Box and Muller. */
export function normal(random: Random, mean: number, deviation: number): number {
  return mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Times with a heavy tail: log-normal about 1, and one in twenty of them waits for a packet that is sent again. */
export function lossyTime(random: Random): number {
  return Math.exp(normal(random, 0, 0.1)) + (random() < 0.05 ? 50 * random() : 0)
}

export function drawn(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw)
}

/** Share of 10,000 draws in which `isSo`. */
export function shareOf(isSo: (random: Random) => boolean, seed = 20_170_401): number {
  const random = createRandom(seed)
  let count = 0
  for (let draw = 0; draw < draws; draw += 1) if (isSo(random)) count += 1
  return count / draws
}

export const covers = ({ low, high }: { low: number; high: number }, truth: number): boolean =>
  low <= truth && truth <= high
