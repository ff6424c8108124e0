import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { hasEnded, ownProcess } from '../../../src/pair/process-identity.ts'
import { until } from '../../until.ts'

/** The identity of another process of this machine. */
function identityOf(pid: number): ReturnType<typeof ownProcess> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return { ...ownProcess(), pid, startedAtTicks: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' }
}

describe('a process that has written something down', () => {
  it('lives as long as it runs', () => {
    expect(hasEnded(ownProcess())).toBe(false)
  })

  it('has ended when it is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    const identity = identityOf(child.pid ?? 0)
    expect(hasEnded(identity)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(hasEnded(identity)).toBe(true)
  })

  it('has ended when it is dead, though its parent has not noticed', async () => {
    // A shell that does not wait: what it has started stays as a zombie.
    const parent = spawn('sh', ['-c', 'sh -c "sleep 0.2" & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [output] = (await once(parent.stdout, 'data')) as [Buffer]
    const identity = identityOf(Number(output.toString()))
    expect(hasEnded(identity)).toBe(false)
    await until('the child is dead', () => hasEnded(identity))
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  })

  it('is another one on another boot', () => {
    expect(hasEnded({ ...ownProcess(), world: 'another' })).toBe(true)
  })
})
