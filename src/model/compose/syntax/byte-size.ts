// Byte sizes as Compose writes them: `64m`, `1gb`, `1024kb`, `300b`; every step is 1024.

const powers = ['', 'k', 'm', 'g', 't', 'p']

/**
 * Bytes of a size, rounded down to a whole one; nothing when the text is none.
 * @see Compose specification, "Specifying byte values"; the Engine also reads `KiB`, decimals and capital letters, and so does this
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text)
  if (match === null) return undefined
  const [, amount, unit = ''] = match
  const bytes = Math.floor(Number(amount) * 1024 ** powers.indexOf(unit.toLowerCase()))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
