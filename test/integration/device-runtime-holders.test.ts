// One device, one holder on the node: also where Swarm counts nothing, a claim by path against one by capability.
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceNode, startDeviceNode, untilStopped } from './device-node.ts'

let node: DeviceNode

const byCapability = ['--generic-resource', 'lamp=1']
const byPath = ['--generic-resource', '/dev/net/lamp=1']
/** What PID 1 does when it is asked to stop: it takes three seconds. */
const slowlyStopped = "trap 'sleep 3; exit 0' TERM; sleep 1000 & wait; wait"

beforeAll(async () => {
  node = await startDeviceNode([
    ...['lamp=lamp-1', '/dev/net/lamp=lamp-1', 'camera=cam-1#1', 'camera=cam-1#2', '/dev/net/camera=cam-1'],
  ])
  await node.declare(`
- {id: lamp-1, capability: lamp, driver: device, path: /dev/net/lamp}
- {id: cam-1, capability: camera, driver: camera, path: /dev/net/camera, shared: 2}
`)
})
afterEach(async () => await node?.removeServices())
afterAll(async () => await node?.stop())

/** Commands of the runtime that wait for a device, by their pids where the Engine is. */
async function waitingCreates(): Promise<readonly { pid: string; container: string }[]> {
  const lines = await node.inside(
    `for each in /proc/[0-9]*; do [ -r $each/cmdline ] && printf '%s ' "\${each#/proc/}" && tr '\\0' ' ' < $each/cmdline; echo; done 2>/dev/null; true`,
  )
  return lines.split('\n').flatMap((line) => {
    const [, pid, container] = /^(\d+) \S*sh \S*shoal-runtime .* create .* ([0-9a-f]{64}) $/.exec(line) ?? []
    return pid === undefined || container === undefined ? [] : [{ pid, container }]
  })
}

async function firstWaiting(): Promise<{ pid: string; container: string }> {
  const endMs = performance.now() + 20_000
  for (;;) {
    const [first] = await waitingCreates()
    if (first !== undefined) return first
    if (performance.now() > endMs) throw new Error('no create waits')
    await delay(50)
  }
}

describe('a device that is held', () => {
  it('goes to the second holder when the first has ended, and not before', async () => {
    const since = new Date(Date.now() - 1000).toISOString()
    await node.start('first', byCapability, slowlyStopped)
    const first = await node.running('first')
    await node.start('second', byPath, untilStopped)
    const { container } = await firstWaiting()
    await node.engine.docker('service', 'rm', 'first')
    expect(await node.running('second')).toBe(container)
    const events = await node.engine.docker(
      ...['events', '--since', since, '--until', new Date().toISOString(), '--filter', 'type=container'],
      ...['--format', '{{.Action}} {{.Actor.ID}} {{.TimeNano}}'],
    )
    const at = (action: string, id: string): bigint =>
      BigInt(
        events
          .split('\n')
          .find((line) => line.startsWith(`${action} ${id} `))
          ?.split(' ')[2] ?? 0,
      )
    expect(at('die', first)).toBeGreaterThan(at('kill', first))
    expect(at('start', container)).toBeGreaterThan(at('die', first))
    expect(await node.within(container, ': <>/dev/net/lamp && echo opened')).toBe('opened')
  })

  it('is refused after 12 s, with the name of who holds it', async () => {
    await node.start('holding', byCapability, untilStopped)
    const holder = await node.running('holding')
    const startedMs = performance.now()
    await node.start('waiting', byPath, untilStopped)
    expect(await node.failed('waiting')).toMatch(
      new RegExp(
        `error\\[DEVICE_HELD\\]: start, waiting\\.1\\.\\w+: its device lamp-1 may be held by one instance and is held by holding\\.1\\.\\w+ \\(${holder.slice(0, 12)}\\), also after 12 s`,
      ),
    )
    expect(performance.now() - startedMs).toBeGreaterThan(12_000)
  })

  it('goes to as many as may share it', async () => {
    for (const name of ['one', 'two'])
      await node.start(name, ['--generic-resource', 'camera=1'], untilStopped)
    for (const name of ['one', 'two']) await node.running(name)
    await node.start('three', ['--generic-resource', '/dev/net/camera=1'], untilStopped)
    await firstWaiting()
    await node.engine.docker('service', 'rm', 'one')
    await node.running('three')
  })

  it('goes to one of two that start at once', async () => {
    await Promise.all([
      node.start('left', byCapability, untilStopped),
      node.start('right', byPath, untilStopped),
    ])
    const outcomes = await Promise.all(
      ['left', 'right'].map((name) =>
        node.running(name).then(
          () => 'running',
          (error: Error) => error.message,
        ),
      ),
    )
    expect(outcomes.filter((each) => each === 'running')).toHaveLength(1)
    expect(outcomes.find((each) => each !== 'running')).toContain('DEVICE_HELD')
  })
})

/** Of all processes where the Engine is, but for that of the question itself. */
const commandLines = `for each in /proc/[0-9]*; do [ "$each" = "/proc/$$" ] || tr '\\0' ' ' < $each/cmdline; echo; done 2>/dev/null; true`

describe('a runtime that is killed while it waits', () => {
  it('leaves no process, no container and no hold', async () => {
    await node.start('holding', byCapability, untilStopped)
    await node.running('holding')
    await node.start('killed', byPath, untilStopped)
    const { pid, container } = await firstWaiting()
    await node.inside(`kill -9 ${pid}`)
    await node.failed('killed')
    // Well before it would have given up by itself.
    const endMs = performance.now() + 4000
    while ((await node.inside(commandLines)).includes('create.cjs ')) {
      if (performance.now() > endMs) throw new Error(await node.inside(commandLines))
      await delay(50)
    }
    expect(await node.inside(`find ${dirname(node.engine.socketPath)}/exec -name ${container}`)).toBe('')
    await node.removeServices()
    await node.start('next', byPath, untilStopped)
    await node.running('next')
  })
})
