// `shoal pair run --watch`: what a device or an instance can do to it, done for real.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PairLab, type StartedShoal } from './pair-lab.ts'

const devices = ['worker1', 'worker2']
const targets = devices.map((device) => `root@${device}`)

let pair: PairLab
let watching: StartedShoal | undefined
beforeAll(async () => {
  pair = await PairLab.up('pair-watch', { devices })
  // Both have the image: a take-over takes as long as it takes later.
  await pair.run(...targets, 'compute', '--replicas', '2')
  await pair.must('pair', 'rm', ...targets, '--all')
})
afterAll(() => pair?.down())
afterEach(async () => {
  if (watching !== undefined && watching.child.exitCode === null) {
    watching.child.kill('SIGINT')
    await watching.end()
  }
  watching = undefined
  await pair.shoal('pair', 'rm', ...targets, '--all')
})

/** Starts `shoal pair run … --watch` and waits until it watches. */
async function watch(...argv: readonly string[]): Promise<StartedShoal> {
  watching = pair.start('pair', 'run', ...argv, '--watch')
  await watching.says(/watches \d+ of/)
  return watching
}

/** `compute-compute-1 running`, of every device. */
async function containers(): Promise<readonly string[]> {
  const found = await Promise.all(
    devices.map(async (device) => {
      const { stdout } = await pair
        .host(device)
        .exec(['docker', 'ps', '--all', '--format', '{{.Names}} {{.State}}'])
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `${device} ${line}`)
    }),
  )
  return found.flat().toSorted()
}

/** Resolves when this is all there is on the devices. */
async function settled(expected: readonly string[], deadlineMs = 20_000): Promise<void> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const now = await containers()
    if (now.join() === expected.join()) return
    if (performance.now() > endMs)
      throw new Error(`there is ${now.join(', ')} and not ${expected.join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function answers(endpoint: string): Promise<boolean> {
  const { stdout } = await pair.client.exec(['coap-client-notls', '-B', '3', `${endpoint}/.well-known/core`])
  return stdout !== ''
}

function endpointIn(text: string): string {
  return /is up on \S+ at (coap:\S+),/.exec(text)?.[1] ?? 'none'
}

describe('watching', () => {
  it('has another device take over when an instance ends', async () => {
    const started = await watch(...targets, 'compute')
    await pair.host('worker1').exec(['docker', 'kill', 'compute-compute-1'])
    await started.says(/compute\.1 is up on root@worker2/)
    expect(started.stdout).toContain(
      'compute/compute.1 on root@worker1 is down: its container ended: Exited (137)',
    )
    expect(await answers(endpointIn(started.stdout))).toBe(true)
    await settled(['worker2 compute-compute-1 running'])
  })

  it('has another device take over when an instance runs and does not answer', async () => {
    const started = await watch(...targets, 'compute')
    await pair.host('worker1').exec(['docker', 'pause', 'compute-compute-1'])
    await started.says(/compute\.1 is up on root@worker2/)
    expect(started.stdout).toContain('is down: it has not answered for 4 s')
    await settled(['worker2 compute-compute-1 running'])
  })

  it('has another device take over when one is cut off, and keeps to the number when it returns', async () => {
    const started = await watch(...targets, 'compute', '--replicas', '2')
    await pair.host('worker2').cutLink()
    await started.says(/compute\.2 is up on root@worker1/)
    // What was seen of it before the link was cut is not taken for its return.
    expect(started.stdout).not.toContain('compute.2 is up on root@worker2')
    await started.says(/root@worker2 lost: /)
    await pair.host('worker2').mendLink()
    await started.says(/compute\.2 removed from root@worker2/)
    await settled(['worker1 compute-compute-1 running', 'worker1 compute-compute-2 running'])
  })

  it('has another device take over when one loses its power, and clears up when it returns', async () => {
    const started = await watch(...targets, 'compute')
    await pair.host('worker1').powerOff()
    await started.says(/root@worker1 lost: /)
    await started.says(/compute\.1 is up on root@worker2/)
    await pair.host('worker1').powerOn()
    await started.says(/root@worker1 is back/)
    await settled(['worker2 compute-compute-1 running'])
  })

  it('waits when there is no other device, and goes on with what still runs there', async () => {
    const started = await watch('root@worker1', 'compute')
    const [before] = await containers()
    await pair.host('worker1').cutLink()
    await started.says(/compute\.1 waits: no device can be reached/)
    await pair.host('worker1').mendLink()
    await started.says(/compute\.1 is up on root@worker1/)
    expect(await containers()).toEqual([before])
    expect(started.stdout).not.toContain('is started on')
  })

  it('starts it again on the same device when there is no other', async () => {
    const started = await watch('root@worker1', 'compute')
    await pair.host('worker1').exec(['docker', 'rm', '--force', 'compute-compute-1'])
    await started.says(/is down: its container was removed[\s\S]*compute\.1 is up on root@worker1/)
    await settled(['worker1 compute-compute-1 running'])
  })

  it('moves nothing because of what others do on the devices', async () => {
    const started = await watch('root@worker1', 'compute')
    await pair
      .host('worker1')
      .exec(['docker', 'run', '--detach', '--init', '--name', 'guest', 'shoal/compute:0.1.0'])
    await pair.must('pair', 'run', 'root@worker2', 'compute')
    await settled([
      'worker1 compute-compute-1 running',
      'worker1 guest running',
      'worker2 compute-compute-1 running',
    ])
    expect(started.stdout.split('\n').filter((line) => /down|moving|removed/.test(line))).toEqual([])
    await pair.host('worker1').exec(['docker', 'rm', '--force', 'guest'])
  })

  it('ends by a signal with exit code 0, and leaves the instances running', async () => {
    const started = await watch(...targets, 'compute')
    started.child.kill('SIGINT')
    expect((await started.end()).exitCode).toBe(0)
    expect(await containers()).toEqual(['worker1 compute-compute-1 running'])
  })

  it('removes the instances at its end when it is told to', async () => {
    const started = await watch(...targets, 'compute', '--replicas', '2', '--rm')
    started.child.kill('SIGTERM')
    expect((await started.end()).exitCode).toBe(0)
    expect(await containers()).toEqual([])
  })

  it('tells its events as JSON, one a line', async () => {
    watching = pair.start('pair', 'run', ...targets, 'compute', '--watch', '--json')
    await watching.says(/"endpoint"/)
    await pair.host('worker1').exec(['docker', 'kill', 'compute-compute-1'])
    await watching.says(/instance-up/)
    const [first, ...events] = watching.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first.instances.length).toBe(1)
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['instance-down', 'instance-moving', 'instance-up']),
    )
    const up = events.find(({ event }) => event === 'instance-up')
    expect(up).toMatchObject({
      instance: 'compute/compute.1',
      device: 'root@worker2',
      endpoint: expect.stringMatching(/^coap:/),
    })
    expect(up.downMs).toBeGreaterThan(0)
    expect(Number.isNaN(Date.parse(up.at))).toBe(false)
  })
})
