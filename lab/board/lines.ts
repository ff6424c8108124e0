// The lines of a board's GPIO chip, by their numbers: what a person would have wired to them.

/** PL061, eight lines. Its name to the kernel is `gpiochip0`, its label is the chip's address. */
export const gpioLines = [
  'laser',
  'active-buzzer',
  'flame',
  // QEMU has a power key there.
  'power-key',
  'sound',
  // A DHT11 that the kernel's own driver holds. Nothing answers it: its reads time out, as a broken sensor's do.
  'dht11',
  'spare-6',
  'spare-7',
] as const

export type GpioLine = (typeof gpioLines)[number]

export function lineNumber(name: GpioLine): number {
  return gpioLines.indexOf(name)
}
