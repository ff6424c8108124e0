// The key `restart` of a service.
import type { RestartPolicy } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected } from '../read-value.ts'

export function readRestart(value: Located, findings: Findings): RestartPolicy | undefined {
  const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : ''
  if (text === 'no' || text === 'always' || text === 'unless-stopped')
    return { condition: text, maxAttempts: 0 }
  const failure = /^on-failure(?::(\d{1,9}))?$/.exec(text)
  if (failure !== null) return { condition: 'on-failure', maxAttempts: Number(failure[1] ?? 0) }
  return expected(value, findings, '"no", "always", "unless-stopped", "on-failure" or "on-failure:N"')
}
