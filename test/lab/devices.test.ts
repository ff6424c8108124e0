// Devices in a cluster as their users meet them: claimed by one instance at a time, whatever happens to instances, engines, links and plugs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabHost } from '../../lab/lab.ts'
import { ClusterLab } from './cluster-lab.ts'
import { DeviceWatch } from './device-watch.ts'
import { imageFolder } from './pair-lab.ts'

let cluster: ClusterLab
let watch: DeviceWatch

const script = `
board: bench
devices:
  dht11: {kind: humidity, humidity: {value: 55}}
  ldr: {kind: light, illuminance: {value: 300}}
  flame: {kind: flame}
  sound: {kind: sound}
  alarm: {kind: active-buzzer}
  laser: {kind: laser}
`

/** Ids of worker N end in bedN: the watch tells them apart by that. The laser hangs on the first alone, and so does the shared device. */
function declarations(worker: 1 | 2): string {
  const devices = [
    ['humidity', 'dht11'],
    ['light', 'ldr'],
    ['flame', 'flame'],
    ['sound', 'sound'],
    ['active-buzzer', 'alarm'],
    ...(worker === 1 ? [['laser', 'laser']] : []),
  ].map(
    ([capability, device]) =>
      `- {id: ${device}-bed${worker}, capability: ${capability}, driver: simulated, board: bench, device: ${device}}`,
  )
  const shared = `- {id: noise-bed${worker}, capability: noise, driver: device, path: /dev/shm/noise, shared: 2}`
  return [...devices, ...(worker === 1 ? [shared] : [])].join('\n')
}

const greenhouse = fileURLToPath(new URL('../../examples/greenhouse/compose.yaml', import.meta.url))
const shared = new Map([['noise-bed1', 2]])

async function eventually<T>(what: string, look: () => Promise<T | undefined>, limitMs = 60_000): Promise<T> {
  const endsAtMs = performance.now() + limitMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    if (performance.now() > endsAtMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await delay(100)
  }
}

const sensing = (name: string, more: string): string => `  ${name}:
    image: shoal/sensing:0.1.0
    ports: ["5683/udp"]
    read_only: true
    user: "65532:65532"
    cap_drop: [ALL]
${more}`

interface ShownDevice {
  readonly id: string
  readonly node: string
  readonly present: boolean
  readonly claimedBy: readonly string[]
}

async function devices(): Promise<readonly ShownDevice[]> {
  const { devices: shown } = JSON.parse(await cluster.mustShoal('devices', '--json')) as {
    devices: readonly ShownDevice[]
  }
  return shown
}

interface ShownInstance {
  readonly node?: string
  readonly state: string
  readonly endpoint?: string
  readonly reason: string
}

async function instances(name: string): Promise<readonly ShownInstance[]> {
  const shown = JSON.parse(await cluster.mustShoal('ps', '--json')) as {
    services: readonly { application: string; service: string; instances: readonly ShownInstance[] }[]
  }
  return (
    shown.services.find(({ application, service }) => `${application}/${service}` === name)?.instances ?? []
  )
}

async function answering(name: string, count: number, limitMs?: number): Promise<readonly ShownInstance[]> {
  return await eventually(
    `${count} of ${name} answer`,
    async () => {
      const up = (await instances(name)).filter(({ state }) => state === 'answering')
      return up.length === count ? up : undefined
    },
    limitMs,
  )
}

async function events(): Promise<readonly { kind: string; subject: string; text: string; at: string }[]> {
  const { events: told } = JSON.parse(await cluster.mustShoal('events', '--json')) as {
    events: readonly { kind: string; subject: string; text: string; at: string }[]
  }
  return told
}

async function board(host: LabHost, ...words: string[]): Promise<string> {
  return await cluster.must(host, 'shoal', 'board', ...words)
}

const print = (what: string, ms: number): void => console.log(`${what}: ${(ms / 1000).toFixed(2)} s`)

beforeAll(async () => {
  cluster = await ClusterLab.up('devices')
  const file = join(cluster.folder, 'board.yaml')
  writeFileSync(file, script)
  for (const [index, worker] of [cluster.worker1, cluster.worker2].entries()) {
    writeFileSync(join(cluster.folder, `devices-${index + 1}.yaml`), declarations(index === 0 ? 1 : 2))
    await cluster.must(
      worker,
      'cp',
      join(cluster.folder, `devices-${index + 1}.yaml`),
      '/etc/shoal/devices.yaml',
    )
    // A /dev of the host's own, so that what appears and vanishes there is seen by nobody else.
    await cluster.must(worker, 'mount', '-t', 'tmpfs', '-o', 'dev', 'tmpfs', '/dev/shm')
    await cluster.must(worker, 'sh', '-c', `setsid -f shoal board run ${file} >/run/board.log 2>&1`)
  }
  await cluster.must(cluster.worker1, 'mknod', '-m', '0660', '/dev/shm/noise', 'c', '1', '9')
  await eventually('the boards run', async () => {
    const looks = await Promise.all(
      [cluster.worker1, cluster.worker2].map((worker) =>
        cluster.run(worker, 'test', '-S', '/run/shoal/boards/bench/dht11/socket'),
      ),
    )
    return looks.every(({ exitCode }) => exitCode === 0) ? true : undefined
  })
  watch = new DeviceWatch(/-bed\d$/, shared)
  await cluster.start()
  await cluster.must(
    cluster.client,
    'shoal',
    'image',
    'build',
    'sensing',
    '--no-load',
    '--store',
    imageFolder,
  )
}, 240_000)

afterAll(async () => {
  watch?.stop()
  await cluster?.down()
})

describe('an inventory', () => {
  it('lists what hangs here, present or absent, and offers Swarm all of it', async () => {
    const { devices: here } = JSON.parse(
      await cluster.must(cluster.worker1, 'shoal', 'worker', 'inventory', '--json'),
    )
    expect(here.map(({ id, present }: ShownDevice) => [id, present])).toContainEqual(['laser-bed1', true])
    const info = await cluster.must(
      cluster.worker1,
      'docker',
      'info',
      '--format',
      '{{json .GenericResources}} {{.DefaultRuntime}}',
    )
    expect(info).toContain('{"Kind":"noise","Value":"noise-bed1#2"}')
    expect(info.trim()).toMatch(/ shoal$/)
    const all = await eventually('the manager knows all', async () => {
      const shown = await devices()
      return shown.length === 12 ? shown : undefined
    })
    expect(all.filter(({ present }) => !present)).toEqual([])
  })

  it('that is wrong is told with the path of each problem, and joining changes nothing', async () => {
    const wrong = join(cluster.folder, 'wrong.yaml')
    writeFileSync(
      wrong,
      '- {id: a, capability: laser, driver: gpoi}\n- {id: b, capability: light, driver: iio, match: {}}\n',
    )
    const { exitCode, stderr } = await cluster.run(
      cluster.client,
      'shoal',
      'worker',
      'inventory',
      '--file',
      wrong,
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error\[DEVICES_INVALID\]/)
    expect(stderr).toContain('[0].driver (line 1)')
    expect(stderr).toContain('[1].match (line 2)')
    await cluster.must(cluster.client, 'cp', wrong, '/etc/shoal/devices.yaml')
    const token = (await cluster.must(cluster.manager, 'shoal', 'manager', 'token')).trim()
    const join_ = await cluster.run(cluster.client, 'shoal', 'worker', 'join', '--token', token)
    expect(join_.exitCode).toBe(1)
    expect(join_.stderr).toContain('error[DEVICES_INVALID]')
    expect(
      await cluster.must(cluster.client, 'docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'),
    ).toContain('inactive')
    expect((await cluster.run(cluster.client, 'test', '-e', '/etc/docker/daemon.json')).exitCode).toBe(1)
    await cluster.must(cluster.client, 'rm', '/etc/shoal/devices.yaml')
  })
})

describe('the greenhouse', () => {
  it('comes up where its sensors and actuators hang', async () => {
    await cluster.mustShoal('deploy', greenhouse)
    const [pointer] = await answering('greenhouse/pointer', 1)
    expect(pointer?.node).toBe('worker1')
    expect((await answering('greenhouse/climate', 2)).map(({ node }) => node).sort()).toEqual([
      'worker1',
      'worker2',
    ])
    const shown = await devices()
    const climate = shown
      .filter(({ id }) => /^(dht11|ldr)-bed/.test(id))
      .flatMap(({ claimedBy }) => claimedBy)
    expect(climate.sort()).toEqual([
      'greenhouse/climate.1',
      'greenhouse/climate.1',
      'greenhouse/climate.2',
      'greenhouse/climate.2',
    ])
  })

  it('says of each node what it has, and who claims it', async () => {
    const { exitCode, stderr } = await cluster.shoal(
      'deploy',
      cluster.compose('rival', sensing('light', '    x-shoal: {needs: [laser]}\n')),
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[UNPLACEABLE\]/)
    expect(stderr).toMatch(/worker1.*laser.*laser-bed1.*claimed by greenhouse\/pointer\.1/)
    expect(stderr).toMatch(/worker2.*has no laser/)
    await cluster.shoal('rm', 'rival')
    await cluster.mustShoal(
      'catalogue',
      'add',
      cluster.compose('rival', sensing('light', '    x-shoal: {needs: [laser]}\n')),
    )
    expect(await cluster.coap('post', '/services/rival')).toMatch(
      /5\.03[\s\S]*laser-bed1[\s\S]*claimed by greenhouse\/pointer\.1/,
    )
    await cluster.mustShoal('catalogue', 'rm', 'rival')
  })

  it('is used by CoAP: on, read, observed, off', async () => {
    const uri = (await answering('greenhouse/alarm', 1))[0]?.endpoint ?? ''
    const worker =
      (await instances('greenhouse/alarm'))[0]?.node === 'worker1' ? cluster.worker1 : cluster.worker2
    const client = async (...words: string[]): Promise<string> => {
      const { stdout, stderr } = await cluster.run(cluster.client, 'coap-client-notls', '-B', '10', ...words)
      return `${stdout}${stderr}`
    }
    expect(await client('-m', 'get', `${uri}/flame`)).toContain('4.09')
    await client('-m', 'put', '-e', 'on', `${uri}/flame`)
    expect(await client('-m', 'get', `${uri}/flame`)).toMatch(
      /"n":"flame".*"vb":false|"vb":false.*"n":"flame"/,
    )
    const observed = client('-s', '6', '-m', 'get', `${uri}/flame`)
    await delay(1500)
    await board(worker, 'set', 'bench', 'flame', '1')
    expect(await observed).toContain('"vb":true')
    await client('-m', 'put', '-e', 'on', `${uri}/active-buzzer`)
    await client('-m', 'get', `${uri}/active-buzzer`)
    await client('-m', 'put', '-e', 'off', `${uri}/active-buzzer`)
    const record = await board(worker, 'record', 'bench', '--json')
    expect(record).toContain('alarm')
    await board(worker, 'set', 'bench', 'flame', '0')
  })
})

describe('an unplugged device', () => {
  it('is told of within 3 s, its instance goes where there is another, and comes back into play when it is replugged', async () => {
    const before = (await answering('greenhouse/alarm', 1))[0]?.node
    const [from, to] = before === 'worker1' ? [cluster.worker1, 'worker2'] : [cluster.worker2, 'worker1']
    const [startMs, startedAtMs] = [performance.now(), Date.now()]
    await board(from, 'unplug', 'bench', 'sound')
    const told = await eventually('the event', async () =>
      (await events()).find(
        ({ kind, subject }) => kind === 'device-absent' && subject.startsWith(`${from.name}/sound`),
      ),
    )
    // The manager's own time of it: asking for events takes a second on a busy machine.
    const toldMs = Date.parse(told.at) - startedAtMs
    print('unplug to event', toldMs)
    expect(toldMs).toBeLessThan(3000)
    await eventually('it moves', async () =>
      (await instances('greenhouse/alarm')).find(({ node, state }) => node === to && state === 'answering'),
    )
    print('unplug to answer elsewhere', performance.now() - startMs)
    expect(await cluster.mustShoal('explain', 'greenhouse/alarm')).toMatch(
      new RegExp(`${from.name}.*sound.*absent`),
    )
    await board(from, 'replug', 'bench', 'sound')
    await eventually('the event', async () =>
      (await events()).find(
        ({ kind, subject }) => kind === 'device-present' && subject.startsWith(`${from.name}/sound`),
      ),
    )
    expect(await cluster.mustShoal('explain', 'greenhouse/alarm')).not.toContain('absent')
  })

  it('that has no like leaves its instance waiting, with the reason, until it is back', async () => {
    await board(cluster.worker1, 'unplug', 'bench', 'laser')
    await eventually('it waits', async () =>
      (await instances('greenhouse/pointer')).every(({ state }) => state === 'waiting') ? true : undefined,
    )
    expect(await cluster.mustShoal('explain', 'greenhouse/pointer')).toMatch(/worker1.*laser.*absent/)
    // What else is claimed there goes on undisturbed.
    const climate = await answering('greenhouse/climate', 2)
    expect(climate).toHaveLength(2)
    await board(cluster.worker1, 'replug', 'bench', 'laser')
    await answering('greenhouse/pointer', 1)
  })
})

describe('a claim', () => {
  it('on a shared device is had by as many as it allows, and by no more', async () => {
    const service = sensing('ears', '    deploy: {replicas: 3}\n    x-shoal: {needs: [noise]}\n')
    await cluster.shoal('deploy', cluster.compose('listen', service))
    await answering('listen/ears', 2)
    await eventually('the third waits', async () =>
      (await instances('listen/ears')).find(({ state }) => state === 'waiting'),
    )
    expect(await cluster.mustShoal('explain', 'listen/ears')).toMatch(
      /worker1.*noise-bed1.*claimed by listen\/ears/,
    )
    await cluster.mustShoal('rm', 'listen')
  })

  it('is by path where a Compose file asks for that', async () => {
    const service = sensing(
      'path',
      '    devices: ["/dev/shm/noise:/dev/random-noise:r"]\n    command: ["/usr/bin/node", "-e", "require(\'fs\').readSync(require(\'fs\').openSync(\'/dev/random-noise\'),Buffer.alloc(4)); setInterval(()=>{},1e3)"]\n    x-shoal: {coap: false}\n',
    )
    const file = cluster.compose('bypath', service.replace('    ports: ["5683/udp"]\n', ''))
    await cluster.mustShoal('deploy', file)
    const up = await eventually('it runs', async () =>
      (await instances('bypath/path')).find(({ state }) => state === 'running' || state === 'answering'),
    )
    expect(up.node).toBe('worker1')
    await cluster.mustShoal('rm', 'bypath')
  })

  it('is given once, through deaths, engine restarts, a cut and scaling', async () => {
    // There are two: it stays wanted, and says why it waits.
    expect((await cluster.shoal('scale', 'greenhouse/climate=3')).stderr).toMatch(
      /error\[UNPLACEABLE\][\s\S]*dht11-bed1.*claimed by greenhouse\/climate/,
    )
    await eventually('the third waits', async () =>
      (await instances('greenhouse/climate')).find(({ state }) => state === 'waiting'),
    )
    const kill =
      'kill -9 $(docker inspect --format {{.State.Pid}} $(docker ps -q --filter label=shoal.service=climate))'
    await cluster.must(cluster.worker1, 'sh', '-c', kill)
    await answering('greenhouse/climate', 2)
    // Any change of a node's record has Swarm give up one that claims, and start another at once.
    await cluster.must(cluster.manager, 'docker', 'node', 'update', '--label-add', 'shelf=2', 'worker1')
    await delay(3000)
    await answering('greenhouse/climate', 2)
    await cluster.must(
      cluster.worker1,
      'sh',
      '-c',
      'kill -TERM $(cat /run/docker.pid); while [ -e /run/docker.pid ]; do sleep 0.1; done; setsid -f dockerd >/dev/null 2>&1',
    )
    await answering('greenhouse/climate', 2, 90_000)
    await answering('greenhouse/pointer', 1, 90_000)
    await cluster.worker2.cutLink()
    await eventually('it is set aside', async () =>
      (await events()).find(({ kind, subject }) => kind === 'node-away' && subject === 'worker2'),
    )
    await delay(5000)
    await cluster.worker2.mendLink()
    await answering('greenhouse/climate', 2, 90_000)
    await cluster.mustShoal('scale', 'greenhouse/climate=2')
    expect(watch.looks).toBeGreaterThan(50)
    expect(watch.doubles).toEqual([])
  }, 240_000)
})

describe('an inventory that changes', () => {
  it('is offered anew by itself, and what ran comes back', async () => {
    const more = '\n- {id: pulse-bed2, capability: pulse, driver: simulated, board: bench, device: laser}\n'
    writeFileSync(join(cluster.folder, 'more.yaml'), declarations(2) + more)
    await cluster.must(cluster.worker2, 'cp', join(cluster.folder, 'more.yaml'), '/etc/shoal/devices.yaml')
    const service = sensing('beat', '    x-shoal: {needs: [pulse]}\n')
    await cluster.shoal('deploy', '--no-wait', cluster.compose('pulse', service))
    const [up] = await answering('pulse/beat', 1, 90_000)
    expect(up?.node).toBe('worker2')
    await answering('greenhouse/climate', 2, 90_000)
    await cluster.mustShoal('rm', 'pulse')
  }, 200_000)

  it('is forgotten with the membership, byte for byte', async () => {
    await cluster.mustShoal('rm', 'greenhouse')
    await cluster.must(cluster.worker2, 'shoal', 'worker', 'leave')
    expect((await cluster.run(cluster.worker2, 'test', '-e', '/etc/docker/daemon.json')).exitCode).toBe(1)
    expect(
      await cluster.must(cluster.worker2, 'docker', 'info', '--format', '{{.DefaultRuntime}}'),
    ).toContain('runc')
    expect((await cluster.run(cluster.worker2, 'test', '-e', '/var/lib/shoal/runtime')).exitCode).toBe(1)
    expect(watch.doubles).toEqual([])
  })
})
