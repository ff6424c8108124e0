// Why the Engine of a device does not answer although SSH lets us in: asked of the device's shell, only once it has failed.
import { ShoalError } from '../model/errors.ts'
import type { ConnectionFiles } from './connection-files.ts'
import { commandArguments, engineSocketPath } from './ssh-arguments.ts'
import { type Environment, runSsh } from './ssh-process.ts'
import type { Target } from './target.ts'

/** POSIX sh, because that is what a device has; prints one word and the user's name. */
const question = `
if [ ! -e ${engineSocketPath} ]; then
  if PATH=$PATH:/usr/sbin:/usr/local/sbin command -v dockerd >/dev/null 2>&1; then echo stopped; else echo missing; fi
elif [ ! -w ${engineSocketPath} ]; then echo denied
elif [ -d "/proc/$(cat /var/run/docker.pid 2>/dev/null || echo none)" ]; then echo forbidden
else echo stale; fi; id -un`

const askLimitMs = 8000

type Answer = 'stopped' | 'missing' | 'denied' | 'forbidden' | 'stale' | 'unknown'

/** @returns the error to show in place of `error`, what the first call to the Engine failed with. */
export async function explainAbsentEngine(
  target: Target,
  files: ConnectionFiles,
  env: Environment,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof ShoalError) || (error.code !== 'CONNECTION_LOST' && error.code !== 'ENGINE_ABSENT'))
    return error
  const { stdout } = await runSsh(commandArguments(target, files, question), { env, deadlineMs: askLimitMs })
  const [word = '', user = 'the user'] = stdout.trim().split('\n')
  return absentEngineError(target.label, word, user, error)
}

/** Pure part: the device's answer as an error. */
export function absentEngineError(place: string, word: string, user: string, cause: unknown): ShoalError {
  const subject = { action: 'reach', object: 'the Docker Engine', place, cause }
  switch (word as Answer) {
    case 'missing':
      return new ShoalError('ENGINE_ABSENT', {
        ...subject,
        reason: 'Docker is not installed there',
        nextStep: 'install it on the device: apt-get install docker.io',
      })
    case 'stopped':
      return new ShoalError('ENGINE_ABSENT', {
        ...subject,
        reason: `Docker is installed but does not run: there is no ${engineSocketPath}`,
        nextStep: 'start it on the device: systemctl start docker',
      })
    case 'stale':
      return new ShoalError('ENGINE_ABSENT', {
        ...subject,
        reason: `Docker does not run: nobody listens on ${engineSocketPath}`,
        nextStep: 'start it on the device: systemctl restart docker',
      })
    case 'denied':
      return new ShoalError('ENGINE_DENIED', {
        ...subject,
        reason: `${user} may not use ${engineSocketPath}`,
        nextStep: `on the device, as root: usermod -aG docker ${user}`,
      })
    case 'forbidden':
      return new ShoalError('FORWARDING_DENIED', {
        ...subject,
        reason: 'its SSH server does not forward to Unix sockets',
        nextStep:
          'set AllowStreamLocalForwarding and AllowTcpForwarding to yes (the default) in its sshd_config',
      })
    default:
      return new ShoalError('ENGINE_ABSENT', {
        ...subject,
        reason: `SSH works, but nothing answers on ${engineSocketPath}`,
        nextStep: 'check that Docker runs there, and that its SSH server forwards to Unix sockets',
      })
  }
}
