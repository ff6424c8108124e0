// The key `security_opt` of a service.
import type { SecuritySettings } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { readFilledText, readList } from '../read-value.ts'

/** As the Engine takes them: `name=value`, where Compose also writes `name:value`. */
export function readSecurity(value: Located, findings: Findings): SecuritySettings | undefined {
  const options = readList(readOption, { unique: true })(value, findings)
  if (options === undefined) return undefined
  const unmasked = 'systempaths=unconfined'
  return {
    options: options.filter((option) => option !== unmasked),
    unmaskedSystemPaths: options.includes(unmasked),
  }
}

function readOption(value: Located, findings: Findings): string | undefined {
  const text = readFilledText(value, findings)
  if (text === undefined) return undefined
  const separator = text.search(/[=:]/)
  const name = separator < 0 ? text : text.slice(0, separator)
  const setting = separator < 0 ? undefined : text.slice(separator + 1)
  if (name === 'no-new-privileges') {
    if (setting === undefined || setting === 'true' || setting === 'false')
      return `${name}=${setting ?? 'true'}`
    findings.problem(value.place, `expected no-new-privileges:true or :false, got ${JSON.stringify(text)}`)
    return undefined
  }
  if (name === 'seccomp' && setting !== 'unconfined') {
    const reason = 'the profile would be a file from here; seccomp:unconfined and the Engine’s own are there'
    findings.problem(value.place, `pair mode does not honour ${JSON.stringify(text)}: ${reason}`)
    return undefined
  }
  if (
    ['seccomp', 'apparmor', 'label', 'systempaths'].includes(name) &&
    setting !== undefined &&
    setting !== ''
  ) {
    return `${name}=${setting}`
  }
  const known = 'no-new-privileges, seccomp, apparmor, label, systempaths'
  findings.problem(value.place, `expected NAME:VALUE with one of ${known}, got ${JSON.stringify(text)}`)
  return undefined
}
