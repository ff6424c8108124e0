// One at a time on this node: flock(2) on a folder that is there anyway. The kernel lets go when the process ends, by whatever signal.
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'

/** Holders only read a few files and write one. */
const deadlineMs = 10_000

/**
 * Node has no flock: the program of util-linux takes the lock on the open file that it shares with this process, and ends.
 * @throws Error where the lock cannot be had
 */
export async function holdLock<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const handle = await open(folder)
  try {
    const locking = spawn('flock', ['-x', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', handle.fd],
      timeout: deadlineMs,
    })
    await new Promise<void>((resolve, reject) => {
      locking.once('error', reject)
      locking.once('close', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`flock ended with ${code ?? `a signal after ${deadlineMs} ms`}`))
      })
    })
    return await work()
  } finally {
    await handle.close()
  }
}
