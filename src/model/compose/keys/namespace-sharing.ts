// The words of `network_mode`, `ipc` and `pid` that join another container.
import type { RefusedWords } from '../read-value.ts'

export const namespaceSharing: RefusedWords = Object.freeze({
  pattern: /^(service|container):/,
  reason: 'a container shares its namespaces with the device or with nobody',
})
