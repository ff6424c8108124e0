// File modes, of memory and of secrets and configs.
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected } from '../read-value.ts'

/** `0755`, `0o755` and `"755"` are octal; a bare number is itself, as in Compose. */
export function readFileMode(value: Located, findings: Findings): number | undefined {
  if (value.kind === 'scalar' && value.value !== null && typeof value.value !== 'boolean') {
    const octal =
      /^0o?([0-7]{1,5})$/.exec(value.spelling) ??
      (typeof value.value === 'string' ? /^([0-7]{1,5})$/.exec(value.spelling) : null)
    if (octal !== null) return Number.parseInt(octal[1] ?? '', 8)
    if (
      typeof value.value === 'number' &&
      Number.isInteger(value.value) &&
      value.value >= 0 &&
      value.value <= 0o7777
    )
      return value.value
  }
  return expected(value, findings, 'a file mode such as 0755')
}
