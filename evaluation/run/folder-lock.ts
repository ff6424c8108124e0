// One process a folder: flock(2) on the folder itself. It needs no space, and the kernel lets go when the process ends, by whatever signal.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { ShoalError } from '../../src/model/errors.ts'

/** Of util-linux, when `-n` finds the lock taken. */
const takenCode = 1

/**
 * Node has no flock: the program of util-linux takes the lock on the open file that it shares with this process, and ends.
 * @returns what lets go
 * @throws ShoalError RUN_BUSY; FILE_UNWRITABLE where it cannot be locked at all
 */
export function lockFolder(path: string): () => void {
  const file = openSync(path, 'r')
  const { status, error, stderr } = spawnSync('flock', ['-n', '-x', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
    encoding: 'utf8',
  })
  if (status === 0) return () => closeSync(file)
  closeSync(file)
  if (status === takenCode) {
    throw new ShoalError('RUN_BUSY', {
      action: 'open',
      object: `the run ${path}`,
      reason: 'another process measures into this folder',
      nextStep: 'wait for it, or name another folder',
    })
  }
  throw new ShoalError('FILE_UNWRITABLE', {
    action: 'lock',
    object: path,
    reason: error?.message ?? (stderr.trim() || `flock ended with ${status}`),
    ...(error === undefined ? {} : { nextStep: 'install the program flock: apt-get install util-linux' }),
    cause: error,
  })
}
