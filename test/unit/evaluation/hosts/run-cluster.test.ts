import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChangedHosts, RunCluster } from '../../../../evaluation/hosts/run-cluster.ts'
import { aFakedHost, type FakedHost } from './faked-host.ts'

const record = 'echo "$*" >>$CALLS'
const manages = `${record}; case $2 in start) echo "shoal worker join --token t0ken"; exec sleep 600 ;; esac`

let manager: FakedHost
let board1: FakedHost
let board2: FakedHost
beforeAll(async () => {
  manager = await aFakedHost('gateway', 'manager', { shoal: manages, docker: record })
  board1 = await aFakedHost('board1', 'worker', { shoal: record })
  board2 = await aFakedHost('board2', 'worker', { shoal: record })
})
afterAll(() => Promise.all([manager, board1, board2].map((host) => host.close())))

describe('the cluster of a measurement', () => {
  it('is left later by a host that was gone when the others left', async () => {
    const lines: string[] = []
    const say = (line: string) => lines.push(line)
    const changed: ChangedHosts = new Map()
    const hosts = { manager: manager.host, managerForWorkers: '10.0.0.1' }
    const first = new RunCluster({ ...hosts, workers: [board1.host, board2.host] }, changed)
    await first.start(AbortSignal.timeout(20_000), say)
    expect(first.isRunning).toBe(true)
    board2.program('shoal', 'echo "no route to host" >&2; exit 255')
    manager.program('docker', 'echo "the daemon is gone" >&2; exit 1')
    await first.stop(say)
    expect(first.isRunning).toBe(false)
    expect([...changed.keys()]).toEqual(['gateway', 'board2'])
    expect(lines.slice(-2)).toEqual([
      'board2 has not left its cluster: no route to host',
      'gateway has not left its cluster: the daemon is gone',
    ])

    board2.program('shoal', record)
    manager.program('docker', `${record}; echo "Error: This node is not part of a swarm" >&2; exit 1`)
    await new RunCluster({ ...hosts, workers: [board1.host] }, changed).stop(say)
    expect([...changed.keys()]).toEqual(['board2'])
    await new RunCluster({ ...hosts, workers: [board1.host, board2.host] }, changed).stop(say)
    expect(changed.size).toBe(0)
    const join = 'worker join coap://10.0.0.1 --token t0ken'
    expect(board1.calls()).toEqual([join, 'worker leave'])
    expect(board2.calls()).toEqual([join, 'worker leave'])
    expect(manager.calls().slice(-1)).toEqual(['swarm leave --force'])
  })
})
