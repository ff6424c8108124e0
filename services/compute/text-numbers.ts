// Numbers as text/plain (0): decimal numbers separated by white space, commas or both.
import { BadNumbers } from './bad-numbers.ts'
import { NumberScanner } from './number-scanner.ts'

/**
 * @returns at least one number, in the order of the text.
 * @throws BadNumbers with the index and the byte of what is wrong.
 */
export function parseTextNumbers(payload: Uint8Array): Float64Array {
  const scanner = new NumberScanner(payload)
  scanner.skipSpace()
  if (scanner.atEnd) throw new BadNumbers('there are no numbers')
  scanner.readNumber()
  for (;;) {
    const before = scanner.position
    scanner.skipSpace()
    const comma = scanner.skip(',')
    if (scanner.atEnd && !comma) return scanner.values()
    if (scanner.position === before) throw scanner.expected('a comma or white space')
    scanner.skipSpace()
    scanner.readNumber()
  }
}

/** One line, one space between two numbers. */
export function renderTextNumbers(values: Float64Array): string {
  return values.join(' ')
}
