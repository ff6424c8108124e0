// The one piece of hardware that a declaration means; or why there is none.
import type { Hardware, HardwareKind } from './hardware.ts'

export function pickHardware(
  hardware: readonly Hardware[],
  kind: HardwareKind,
  isMeant: (each: Hardware) => boolean,
  wanted: string,
): { readonly hardware: Hardware } | { readonly absence: string } {
  const ofKind = hardware.filter((each) => each.kind === kind)
  const [first, ...others] = ofKind.filter(isMeant)
  if (first === undefined) {
    const have =
      ofKind.length === 0
        ? `the kernel shows no ${kind}`
        : `the kernel shows ${ofKind.map(({ name, label }) => (label === '' ? name : `${name} (${label})`)).join(', ')}`
    return { absence: `no ${kind} is ${wanted}: ${have}` }
  }
  // Which of two is meant would change with the order in which the kernel finds them.
  if (others.length > 0) {
    const all = [first, ...others].map(({ name, folder }) => `${name} (${folder})`)
    return { absence: `${wanted} is several: ${all.join(', ')}; tell them apart by match.path` }
  }
  return { hardware: first }
}

/** `gpiochip0`, its label, or the place of its hardware. */
export function isNamed({ name, label, folder }: Hardware, wanted: string): boolean {
  return name === wanted || label === wanted || folder.split('/').includes(wanted)
}
