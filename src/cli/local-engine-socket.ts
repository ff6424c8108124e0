// Where this machine's own Docker Engine listens, as the docker command finds it.

const usualSocket = '/var/run/docker.sock'

/** DOCKER_HOST counts when it names a Unix socket. */
export function localEngineSocket({ DOCKER_HOST }: Readonly<Record<string, string | undefined>>): string {
  return DOCKER_HOST?.startsWith('unix://') ? DOCKER_HOST.slice('unix://'.length) : usualSocket
}
