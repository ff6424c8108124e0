// The key `x-shoal.needs`: capabilities that an instance must have, each of which is one device of the machine that runs it.
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected, readList, readPattern } from '../read-value.ts'

/** A board has fewer pins. */
const mostNeeds = 16

const readCapability = readPattern(
  /^[a-z][a-z0-9-]*$/,
  'the name of a capability, in small letters, digits and dashes, such as humidity',
)

/** Twice the same name is two devices. */
export function readNeeds(value: Located, findings: Findings): readonly string[] | undefined {
  const needs = readList(readCapability)(value, findings)
  if (value.kind === 'list' && value.items.length > mostNeeds)
    return expected(value, findings, `at most ${mostNeeds} capabilities`)
  return needs
}
