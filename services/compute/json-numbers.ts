// Numbers as application/json (50): one array of numbers, RFC 8259.
import { BadNumbers } from './bad-numbers.ts'
import { NumberScanner } from './number-scanner.ts'

/**
 * Takes what JSON.parse takes, as far as it is an array of numbers; reads them straight into a typed array.
 * @returns at least one number.
 * @throws BadNumbers with the index and the byte of what is wrong.
 */
export function parseJsonNumbers(payload: Uint8Array): Float64Array {
  const scanner = new NumberScanner(payload)
  scanner.skipSpace()
  if (!scanner.skip('[')) throw scanner.expected('an array of numbers')
  scanner.skipSpace()
  if (scanner.skip(']')) throw new BadNumbers('there are no numbers')
  for (;;) {
    scanner.readNumber()
    scanner.skipSpace()
    if (scanner.skip(']')) break
    if (!scanner.skip(',')) throw scanner.expected("',' or ']'")
    scanner.skipSpace()
  }
  scanner.skipSpace()
  if (!scanner.atEnd) throw scanner.expected('nothing after the array')
  return scanner.values()
}

export function renderJsonNumbers(values: Float64Array): string {
  return `[${values.join(',')}]`
}
