// Numbers that look random and are the same for the same seed, so that a run can be repeated.

/** Uniform in [0, 1). */
export type Random = () => number

/** The generator sfc32 (Chris Doty-Humphrey, PractRand) seeded with one integer. */
export function createRandom(seed: number): Random {
  let a = 0
  let b = seed >>> 0
  let c = (seed / 2 ** 32) >>> 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
  return next
}

/** `count` integers in [0, below): the input of a computation task (paper §V.B). */
export function randomIntegers(count: number, below: number, random: Random): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * below))
}

/** A shuffled copy (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  const shuffled: T[] = []
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1))
  return shuffled
}
