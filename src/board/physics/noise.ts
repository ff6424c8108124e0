// Chance that can be asked for again: a number from a seed, a name and an index, always the same one. Pure.

/** Uniform from 0 up to 1, not included; FNV-1a over the name, then the finalizer of MurmurHash3. */
export function chance(seed: number, name: string, index: number): number {
  let hash = 0x811c9dc5 ^ (seed >>> 0)
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  // An index beyond 32 bits still counts in full.
  for (const part of [index, Math.floor(index / 2 ** 32), Math.floor(seed / 2 ** 32)]) {
    hash = mix((hash ^ (part >>> 0)) + 0x9e3779b9)
  }
  return hash / 2 ** 32
}

/** Normal distribution, mean 0, standard deviation 1: the transform of Box and Muller. */
export function normal(seed: number, name: string, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance(seed, `${name} radius`, index)))
  return radius * Math.cos(2 * Math.PI * chance(seed, `${name} angle`, index))
}

/** From -1 to 1, smooth in time, with a new direction about every `overS` seconds. */
export function wander(seed: number, name: string, atS: number, overS: number): number {
  const step = Math.floor(atS / overS)
  const share = atS / overS - step
  const [from, to] = [chance(seed, name, step) * 2 - 1, chance(seed, name, step + 1) * 2 - 1]
  return from + (to - from) * share * share * (3 - 2 * share)
}

function mix(value: number): number {
  let hash = value >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
