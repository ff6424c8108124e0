// A host's SSH keys, made by ssh-keygen: one for its sshd, one for its root.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostKeys } from './host-files.ts'
import type { HostPaths } from './lab-paths.ts'
import { runStep } from './run-command.ts'

/** Makes both in the host's private folders. Throws `LAB_STEP_FAILED`. */
export async function makeHostKeys(paths: HostPaths, host: string, signal: AbortSignal): Promise<HostKeys> {
  const make = async (path: string): Promise<string> => {
    const file = join(paths.private, path)
    const comment = `root@${host}`
    const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]
    await runStep({ action: 'make', object: `the key ${path}`, place: host }, argv, { signal })
    return readFileSync(`${file}.pub`, 'utf8')
  }
  const [machine, root] = await Promise.all([
    make('/etc/ssh/ssh_host_ed25519_key'),
    make('/root/.ssh/id_ed25519'),
  ])
  return { machine, root }
}
