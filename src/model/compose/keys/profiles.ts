// The key `profiles` of a service: when it belongs to the application at all.
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { readList, readPattern } from '../read-value.ts'

const readProfile = readPattern(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'a name of letters, digits, _ . -')

export function readProfiles(value: Located, findings: Findings): readonly string[] | undefined {
  return readList(readProfile, { unique: true })(value, findings)
}

/** Whether a service is started: it has no profile, or an active one; `*` activates all. */
export function isActive(service: Located, active: ReadonlySet<string>, findings: Findings): boolean {
  const entry = service.kind === 'map' ? service.entries.get('profiles') : undefined
  const profiles = entry === undefined ? [] : (readProfiles(entry.value, findings) ?? [])
  return profiles.length === 0 || active.has('*') || profiles.some((profile) => active.has(profile))
}
