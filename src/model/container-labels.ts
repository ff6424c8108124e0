// The labels that an instance of pair mode carries: those of Compose, so that its tools see it, and Shoal's own.
import type { Service } from './application.ts'
import type { Instance } from './instance.ts'

/**
 * `docker compose ls`, `docker compose ps` and Portainer look for project, service, number, oneoff and config-hash.
 * @param configHash hex; the same for the same settings
 */
export function containerLabels(
  service: Service,
  { application, index }: Instance,
  configHash: string,
): Readonly<Record<string, string>> {
  return {
    'com.docker.compose.project': application,
    'com.docker.compose.service': service.name,
    'com.docker.compose.container-number': String(index),
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.config-hash': configHash,
    'shoal.mode': 'pair',
    'shoal.application': application,
    'shoal.service': service.name,
    'shoal.instance': String(index),
  }
}
