// Which of a message's options count: the rules for unknown, misshapen and repeated ones (RFC 7252 §5.4).
import { type CoapOption, describeOption, isCritical, optionDefinition } from '../options.ts'

export type Screened =
  | { readonly options: readonly CoapOption[] }
  /** A critical option that must refuse the whole message; `reason` names it. */
  | { readonly refused: CoapOption; readonly reason: string }

/**
 * Drops elective options that are misshapen or repeated against the registry, and refuses the message for a critical one that is
 * so or that `understands` does not take. Unknown elective options stay: they harm nobody, and a handler may know them.
 * Expects options in order, as decoded.
 */
export function screenOptions(
  options: readonly CoapOption[],
  understands: (number: number) => boolean,
): Screened {
  let kept: CoapOption[] | undefined
  let previous = -1
  for (let i = 0; i < options.length; i++) {
    const option = options[i]
    if (option === undefined) continue
    const problem = findProblem(option, option.number === previous, understands)
    previous = option.number
    if (problem === undefined) {
      kept?.push(option)
    } else if (isCritical(option.number)) {
      return { refused: option, reason: `${describeOption(option.number)} ${problem}` }
    } else {
      kept ??= options.slice(0, i)
    }
  }
  return { options: kept ?? options }
}

function findProblem(
  { number, value }: CoapOption,
  isRepeated: boolean,
  understands: (number: number) => boolean,
): string | undefined {
  const definition = optionDefinition(number)
  if (isCritical(number) && !understands(number)) return 'is critical and not understood'
  if (definition === undefined) return undefined
  if (value.length < definition.minLength || value.length > definition.maxLength) {
    const { minLength, maxLength } = definition
    const range = minLength === maxLength ? `${minLength}` : `${minLength} to ${maxLength}`
    return `has ${value.length} bytes, not ${range}`
  }
  if (isRepeated && !definition.isRepeatable) return 'stands more than once'
  return undefined
}
