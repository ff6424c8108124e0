import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineEvent } from '../../src/engine/events.ts'
import type { ServiceLogLine } from '../../src/engine/service-log.ts'
import type { ClusterInstance } from '../../src/model/cluster/instance.ts'
import { clusterLabel } from '../../src/model/cluster/labels.ts'
import type { ClusterNode } from '../../src/model/cluster/node.ts'
import type { SwarmServiceSpec, SwarmTaskSpec } from '../../src/model/swarm-service-spec.ts'
import { until } from '../until.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)

const managerAddress = '198.19.7.1'
const workerAddress = '198.19.7.2'

const throwaways: ThrowawayEngine[] = []
const engines: Engine[] = []
let manager: Engine
let worker: Engine
/** Its packets to a manager are dropped. */
let lost: Engine
let lostJoin: Promise<unknown>

async function anEngine(place: string, ...dockerdArguments: string[]): Promise<Engine> {
  const docker = await startThrowawayEngine({ network: 'bridge', dockerdArguments })
  throwaways.push(docker)
  const engine = new Engine({ socketPath: docker.socketPath, place })
  engines.push(engine)
  return engine
}

const within = (docker: ThrowawayEngine | undefined, ...argv: string[]) =>
  run('nsenter', ['--target', String(docker?.pid), '--net', ...argv])

beforeAll(async () => {
  manager = await anEngine('the manager', '--node-generic-resource', 'gpio=fuse', '--label', 'zone=field')
  worker = await anEngine('the worker')
  lost = await anEngine('the lost')
  const [managerDocker, workerDocker, lostDocker] = throwaways
  if (managerDocker === undefined) throw new Error('no engine')
  await run('ip', [
    ...['link', 'add', 'swarm0', 'netns', String(managerDocker.pid), 'type', 'veth'],
    ...['peer', 'name', 'swarm0', 'netns', String(workerDocker?.pid)],
  ])
  for (const [docker, address] of [
    [managerDocker, managerAddress],
    [workerDocker, workerAddress],
  ] as const) {
    await within(docker, 'ip', 'address', 'add', `${address}/30`, 'dev', 'swarm0')
    await within(docker, 'ip', 'link', 'set', 'swarm0', 'up')
  }
  await within(lostDocker, 'iptables', '-A', 'OUTPUT', '-p', 'tcp', '--dport', '2377', '-j', 'DROP')
  await importShellImage(managerDocker, 'shell:1')
})
afterAll(async () => {
  for (const engine of engines) engine.close()
  await Promise.all(throwaways.map((docker) => docker.stop()))
})

/** Swarm's port at the other end of the engine's cable. */
function beyond(docker: ThrowawayEngine | undefined): string {
  return `${docker?.address.replace(/\d+$/, (last) => String(Number(last) - 1))}:2377`
}

function aTask(line: string, more: Partial<SwarmTaskSpec> = {}): SwarmTaskSpec {
  return {
    ContainerSpec: { Image: 'shell:1', Command: ['/bin/sh', '-c', line] },
    RestartPolicy: { Condition: 'none' },
    Placement: { Constraints: ['node.role == manager'] },
    ...more,
  }
}

function aSpec(name: string, more: Partial<SwarmServiceSpec> = {}): SwarmServiceSpec {
  return { Name: name, TaskTemplate: aTask('sleep 600'), Mode: { Replicated: { Replicas: 1 } }, ...more }
}

/** Asks until the answer fits. */
async function eventually<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const endMs = performance.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (performance.now() > endMs) throw new Error(`not in time: ${what}: ${JSON.stringify(answer)}`)
  }
}

const instancesOf = (serviceId: string) => manager.tasks.list({ serviceId })
const inState = (state: ClusterInstance['state']) => (instances: readonly ClusterInstance[]) =>
  instances.some((instance) => instance.state === state)

async function theWorker(): Promise<ClusterNode> {
  const node = (await manager.nodes.list()).find(({ role }) => role === 'worker')
  if (node === undefined) throw new Error('no worker')
  return node
}

describe('an Engine in no Swarm', () => {
  it('says so', async () => {
    expect(await manager.swarm.inspect()).toBeUndefined()
    expect(await manager.info()).toMatchObject({
      architecture: 'amd64',
      labels: { zone: 'field' },
      swarm: { state: 'inactive', nodeId: '', isManager: false },
    })
    await expect(manager.nodes.list()).rejects.toMatchObject({ code: 'SWARM_NOT_MANAGER' })
    await expect(manager.swarm.joinToken()).rejects.toMatchObject({
      code: 'SWARM_NOT_MANAGER',
      place: 'the manager',
    })
    await manager.swarm.leave()
  })

  it('becomes the manager of one, with its settings', async () => {
    const id = await manager.swarm.init({
      advertiseAddress: managerAddress,
      heartbeatMs: 300,
      taskHistory: 1,
    })
    expect(await manager.swarm.inspect()).toMatchObject({ heartbeatMs: 300, taskHistory: 1 })
    expect((await manager.info()).swarm).toMatchObject({
      state: 'active',
      nodeId: id,
      isManager: true,
      nodeAddress: managerAddress,
      error: '',
    })
    const again = manager.swarm.init({ advertiseAddress: managerAddress, heartbeatMs: 1000, taskHistory: 1 })
    await expect(again).rejects.toMatchObject({ code: 'SWARM_MEMBER' })
    lostJoin = lost.swarm
      .join({ token: await manager.swarm.joinToken(), managers: [beyond(throwaways[2])] })
      .catch((error: unknown) => error)
  })

  it('changes the settings it is told to, and keeps the others', async () => {
    const before = await manager.swarm.inspect()
    await manager.swarm.update(before?.version ?? 0, { heartbeatMs: 500 })
    expect(await manager.swarm.inspect()).toMatchObject({ heartbeatMs: 500, taskHistory: 1 })
    const late = manager.swarm.update(before?.version ?? 0, { taskHistory: 3 })
    await expect(late).rejects.toMatchObject({ code: 'SWARM_CONFLICT' })
  })
})

describe('joining', () => {
  it('needs a token that the Swarm gave out last', async () => {
    const token = await manager.swarm.joinToken()
    const managers = [`${managerAddress}:2377`]
    const before = await manager.swarm.inspect()
    await manager.swarm.update(before?.version ?? 0, { rotateWorkerToken: true })
    for (const wrong of ['rubbish', token]) {
      await expect(worker.swarm.join({ token: wrong, managers })).rejects.toMatchObject({
        code: 'SWARM_TOKEN_WRONG',
        object: `the swarm of ${managerAddress}:2377`,
      })
    }
    expect((await worker.info()).swarm.state).toBe('inactive')
  })

  it('needs a way to the manager', async () => {
    const token = await manager.swarm.joinToken()
    const nowhere = worker.swarm.join({ token, managers: ['203.0.113.1:2377'] })
    await expect(nowhere).rejects.toMatchObject({ code: 'SWARM_UNREACHABLE' })
    expect((await worker.info()).swarm.state).toBe('inactive')
  })

  it('makes a worker, which manages nothing', async () => {
    const token = await manager.swarm.joinToken()
    const managers = [`${managerAddress}:2377`]
    await worker.swarm.join({ token, managers })
    expect((await worker.info()).swarm).toMatchObject({
      state: 'active',
      isManager: false,
      nodeAddress: workerAddress,
      managers,
    })
    await expect(worker.services.list()).rejects.toMatchObject({ code: 'SWARM_NOT_MANAGER' })
    expect(await worker.swarm.inspect()).toBeUndefined()
    await expect(worker.swarm.join({ token, managers })).rejects.toMatchObject({ code: 'SWARM_MEMBER' })
  })
})

describe('nodes', () => {
  it('are told with what they have to give', async () => {
    const nodes = await manager.nodes.list()
    const itself = nodes.find(({ role }) => role === 'manager')
    expect(itself).toMatchObject({
      state: 'ready',
      availability: 'active',
      address: managerAddress,
      os: 'linux',
      architecture: 'amd64',
      machine: 'x86_64',
      engineLabels: { zone: 'field' },
      genericResources: [{ kind: 'gpio', value: 'fuse' }],
      plugins: expect.arrayContaining(['Volume/local', 'Network/overlay', 'Log/json-file']),
    })
    expect(itself?.cpus).toBeGreaterThan(0)
    expect(itself?.memoryBytes).toBeGreaterThan(1 << 28)
    expect(nodes.find(({ role }) => role === 'worker')).toMatchObject({ address: workerAddress })
  })

  it('are changed in what is named, keep the rest, and refuse a change decided on old facts', async () => {
    const { id, version } = await theWorker()
    await manager.nodes.update(id, version, { labels: { zone: 'barn', floor: '1' } })
    await expect(manager.nodes.update(id, version, { availability: 'drain' })).rejects.toMatchObject({
      code: 'SWARM_CONFLICT',
      object: `node ${id}`,
    })
    const { version: next } = await theWorker()
    await manager.nodes.update(id, next, { availability: 'drain', labels: { floor: undefined } })
    const changed = await theWorker()
    expect(changed).toMatchObject({ availability: 'drain', labels: { zone: 'barn' }, role: 'worker' })
    expect(changed.labels).not.toHaveProperty('floor')
    expect(await manager.nodes.inspect(id)).toEqual(changed)
    await manager.nodes.update(id, changed.version, { availability: 'active' })
  })

  it('that there are not are said not to be', async () => {
    expect(await manager.nodes.inspect('nosuch')).toBeUndefined()
    await expect(manager.nodes.update('nosuch', 1, {})).rejects.toMatchObject({ code: 'NODE_UNKNOWN' })
    await manager.nodes.remove('nosuch')
  })

  it('are not removed while they are up', async () => {
    const { id } = await theWorker()
    await expect(manager.nodes.remove(id)).rejects.toMatchObject({ code: 'NODE_IN_USE' })
  })
})

describe('services', () => {
  it('are made, found, changed, rolled back and removed', async () => {
    const spec = aSpec('garden_life', {
      UpdateConfig: { Parallelism: 1, Monitor: 10_000_000 },
      Labels: { [clusterLabel.application]: 'garden', [clusterLabel.service]: 'life' },
    })
    const { id, warnings } = await manager.services.create(spec)
    expect(warnings).toEqual([])
    const made = await manager.services.inspect('garden_life')
    expect(made).toMatchObject({
      id,
      swarmName: 'garden_life',
      application: 'garden',
      name: 'life',
      hasPreviousSpec: false,
      update: undefined,
    })
    expect(made?.createdAtMs).toBeGreaterThan(Date.now() - 60_000)
    expect(await manager.services.list([`${clusterLabel.application}=garden`])).toHaveLength(1)
    expect(await manager.services.list([`${clusterLabel.application}=other`])).toEqual([])

    const changed = { ...spec, TaskTemplate: aTask('sleep 700') }
    await manager.services.update(id, made?.version ?? 0, changed)
    await expect(manager.services.update(id, made?.version ?? 0, spec)).rejects.toMatchObject({
      code: 'SWARM_CONFLICT',
      action: 'update',
      object: 'service garden_life',
    })
    const updated = await eventually(
      'the update is done',
      () => manager.services.inspect(id),
      (service) => service?.update?.state === 'completed',
    )
    expect(updated?.hasPreviousSpec).toBe(true)
    await manager.services.update(id, updated?.version ?? 0, changed, { rollback: true })
    expect((await manager.services.inspect(id))?.spec.TaskTemplate.ContainerSpec.Command).toContain(
      'sleep 600',
    )
    await manager.services.remove(id)
    await manager.services.remove(id)
    expect(await manager.services.inspect(id)).toBeUndefined()
  })

  it('are refused for reasons that have codes', async () => {
    const { id } = await manager.services.create(aSpec('taken'))
    await expect(manager.services.create(aSpec('taken'))).rejects.toMatchObject({ code: 'SWARM_NAME_TAKEN' })
    await expect(manager.services.update('nosuch', 1, aSpec('nosuch'))).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
    })
    await expect(manager.services.create(aSpec('no/name'))).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
      reason: expect.stringContaining('DNS'),
    })
    const offNet = aSpec('off', { TaskTemplate: aTask('true', { Networks: [{ Target: 'nosuch' }] }) })
    await expect(manager.services.create(offNet)).rejects.toMatchObject({ code: 'NETWORK_UNKNOWN' })
    await manager.services.remove(id)
  })

  it('have the lines of their instances read, with whose they are', async () => {
    const { id } = await manager.services.create(
      aSpec('talks', { TaskTemplate: aTask('echo one; echo two >&2; sleep 0.3; echo three') }),
    )
    const lines: ServiceLogLine[] = []
    for await (const line of manager.services.logs(id, { follow: true, deadlineMs: 30_000 })) {
      lines.push(line)
      if (lines.length === 3) break
    }
    expect(lines.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual([
      'stderr two',
      'stdout one',
      'stdout three',
    ])
    const [instance] = await instancesOf(id)
    expect(new Set(lines.map(({ instanceId }) => instanceId))).toEqual(new Set([instance?.id]))
    expect(lines[0]?.nodeId).toBe(instance?.nodeId)
    expect(lines[0]?.atMs).toBeGreaterThan(Date.now() - 60_000)
    const last: string[] = []
    for await (const { text } of manager.services.logs(id, { tail: 1 })) last.push(text)
    expect(last).toEqual(['three'])
    await expect(manager.services.logs('nosuch').next()).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' })
    await manager.services.remove(id)
  })
})

describe('instances', () => {
  it('are told with their container, the ports they publish and what they reserve', async () => {
    const { id } = await manager.services.create(
      aSpec('holds', {
        TaskTemplate: aTask('sleep 600', {
          Resources: { Reservations: { NanoCPUs: 100_000_000, MemoryBytes: 4 << 20 } },
        }),
        EndpointSpec: { Ports: [{ Protocol: 'udp', TargetPort: 5683, PublishMode: 'host' }] },
      }),
    )
    const [instance] = await eventually('it runs', () => instancesOf(id), inState('running'))
    expect(instance).toMatchObject({
      serviceId: id,
      slot: 1,
      desiredState: 'running',
      error: '',
      image: 'shell:1',
      reserved: { nanoCpus: 100_000_000, memoryBytes: 4 << 20 },
      ports: [{ containerPort: 5683, protocol: 'udp', hostPort: expect.any(Number) }],
    })
    const container = await manager.containers.inspect(instance?.containerId ?? '')
    expect(container).toMatchObject({
      state: 'running',
      labels: { [clusterLabel.taskId]: instance?.id },
    })
    expect(container?.pid).toBeGreaterThan(0)
    const listed = await manager.containers.list([`${clusterLabel.taskId}=${instance?.id}`])
    expect(listed).toMatchObject([{ state: 'running', labels: { [clusterLabel.serviceId]: id } }])
    expect(await manager.tasks.list({ nodeId: instance?.nodeId, desiredState: 'running' })).toContainEqual(
      instance,
    )
    expect(await manager.tasks.list({ nodeId: (await theWorker()).id })).toEqual([])
    await manager.services.remove(id)
  })

  it('are told with the generic resources that they claim', async () => {
    const { id } = await manager.services.create(
      aSpec('claims', {
        TaskTemplate: aTask('sleep 600', {
          Resources: {
            Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpio', Value: 1 } }] },
          },
        }),
      }),
    )
    const [instance] = await eventually('it runs', () => instancesOf(id), inState('running'))
    expect(instance?.claims).toEqual([{ kind: 'gpio', value: 'fuse' }])
    await manager.services.remove(id)
  })

  it('that nobody can run say why in Swarm’s words', async () => {
    const { id } = await manager.services.create(
      aSpec('nowhere', { TaskTemplate: aTask('true', { Placement: { Constraints: ['node.id == x1'] } }) }),
    )
    const [instance] = await eventually(
      'it waits',
      () => instancesOf(id),
      ([first]) => first?.error !== '' && first?.state === 'pending',
    )
    expect(instance).toMatchObject({
      nodeId: undefined,
      containerId: undefined,
      error: 'no suitable node (scheduling constraints not satisfied on 2 nodes)',
    })
    await manager.services.remove(id)
  })
})

describe('a container of an instance', () => {
  it('is paused and unpaused, and killed, also when it was already', async () => {
    const { id } = await manager.services.create(aSpec('frozen'))
    const [instance] = await eventually('it runs', () => instancesOf(id), inState('running'))
    const container = instance?.containerId ?? ''
    expect(await manager.containers.pause(container, 'frozen')).toBe(true)
    expect(await manager.containers.pause(container, 'frozen')).toBe(true)
    expect((await manager.containers.inspect(container))?.state).toBe('paused')
    expect(await manager.containers.unpause(container, 'frozen')).toBe(true)
    expect(await manager.containers.unpause(container, 'frozen')).toBe(true)
    await manager.containers.pause(container, 'frozen')
    await manager.containers.kill(container, 'frozen')
    expect(await manager.containers.wait(container, 'frozen')).toBe(137)
    await manager.containers.kill(container, 'frozen')
    expect(await manager.containers.pause(container, 'frozen')).toBe(false)
    expect(await manager.containers.unpause('nosuch', 'nosuch')).toBe(false)
    await manager.containers.kill('nosuch', 'nosuch')
    await manager.services.remove(id)
  })
})

describe('configs and secrets', () => {
  it('are kept byte by byte, found by label, and removed when nobody uses them', async () => {
    const data = Uint8Array.from([0, 255, 10, 13])
    const config = await manager.configs.create({ name: 'c1', data, labels: { of: 'me' } })
    const found = await manager.configs.list(['of=me'])
    expect(found).toEqual([
      { id: config, name: 'c1', labels: { of: 'me' }, data, createdAtMs: expect.any(Number) },
    ])
    expect(await manager.configs.list(['of=you'])).toEqual([])
    const again = manager.configs.create({ name: 'c1', data, labels: {} })
    await expect(again).rejects.toMatchObject({ code: 'SWARM_NAME_TAKEN', object: 'config c1' })

    const spec = aSpec('uses')
    const file = { File: { Name: '/c', UID: '0', GID: '0', Mode: 0o444 }, ConfigID: config, ConfigName: 'c1' }
    const { id } = await manager.services.create({
      ...spec,
      TaskTemplate: {
        ...spec.TaskTemplate,
        ContainerSpec: { ...spec.TaskTemplate.ContainerSpec, Configs: [file] },
      },
    })
    await expect(manager.configs.remove(config)).rejects.toMatchObject({
      code: 'SWARM_IN_USE',
      reason: expect.stringContaining('uses'),
    })
    await manager.services.remove(id)
    await manager.configs.remove(config)
    await manager.configs.remove(config)
    expect(await manager.configs.list([])).toEqual([])
  })

  it('a secret is never handed out', async () => {
    const data = Buffer.from('geheim')
    const id = await manager.secrets.create({ name: 's1', data, labels: { of: 'me' } })
    expect(await manager.secrets.list(['of=me'])).toEqual([
      { id, name: 's1', labels: { of: 'me' }, createdAtMs: expect.any(Number) },
    ])
    await expect(manager.secrets.create({ name: 's1', data, labels: {} })).rejects.toMatchObject({
      code: 'SWARM_NAME_TAKEN',
    })
    await manager.secrets.remove(id)
    await manager.secrets.remove(id)
    expect(await manager.secrets.list([])).toEqual([])
  })
})

describe('overlay networks', () => {
  it('are made, found by label, and stay while a service uses them', async () => {
    const id = await manager.networks.create({
      name: 'garden_default',
      labels: { of: 'garden' },
      driver: 'overlay',
      attachable: true,
      ipam: { Config: [{ Subnet: '10.99.0.0/24' }] },
    })
    // A list that is asked for in the same moment may be of before.
    await expect
      .poll(() => manager.networks.list(['of=garden']), { timeout: 5000 })
      .toEqual([
        {
          ...{ id, name: 'garden_default', driver: 'overlay', scope: 'swarm' },
          ...{ attachable: true, internal: false, labels: { of: 'garden' } },
        },
      ])
    const again = manager.networks.create({ name: 'garden_default', labels: {}, driver: 'overlay' })
    await expect(again).rejects.toMatchObject({ code: 'SWARM_NAME_TAKEN' })
    const service = await manager.services.create(
      aSpec('netted', { TaskTemplate: aTask('sleep 600', { Networks: [{ Target: 'garden_default' }] }) }),
    )
    await manager.networks.remove(id)
    expect(await manager.networks.list(['of=garden'])).toHaveLength(1)
    await manager.services.remove(service.id)
    await eventually(
      'it is removed once its last instance is gone',
      async () => {
        await manager.networks.remove(id)
        return manager.networks.list(['of=garden'])
      },
      (networks) => networks.length === 0,
    )
  })
})

describe('events', () => {
  it('tell of services, nodes and containers from the moment that the Engine listens', async () => {
    const stop = new AbortController()
    const events: EngineEvent[] = []
    let isOpen = false
    const following = (async () => {
      const filters = { type: ['service', 'node', 'container'] }
      const open = () => {
        isOpen = true
      }
      for await (const event of manager.events.follow({ filters, signal: stop.signal, onOpen: open })) {
        events.push(event)
      }
    })()
    const ended = expect(following).rejects.toMatchObject({ code: 'INTERRUPTED', object: 'events' })
    await until('the Engine listens', () => isOpen)
    const { id } = await manager.services.create(aSpec('seen'))
    const node = await theWorker()
    await manager.nodes.update(node.id, node.version, { labels: { seen: 'yes' } })
    const has = (type: string, action: string, named: string): boolean =>
      events.some((event) => event.type === type && event.action === action && event.id.startsWith(named))
    await until('the container’s start', () => has('container', 'start', ''), 20_000)
    await until('the service', () => has('service', 'create', id))
    await until('the node', () => has('node', 'update', node.id))
    const start = events.find(({ type, action }) => type === 'container' && action === 'start')
    expect(start?.attributes[clusterLabel.serviceId]).toBe(id)
    expect(Math.abs((start?.timeMs ?? 0) - Date.now())).toBeLessThan(60_000)
    await manager.services.remove(id)
    stop.abort()
    await ended
  })
})

describe('an image', () => {
  it('that no registry can be asked for says which and why', async () => {
    await expect(manager.distribution.inspect('127.0.0.1:9/nosuch:1', undefined)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      object: 'image 127.0.0.1:9/nosuch:1',
      reason: expect.stringMatching(/^the registry 127\.0\.0\.1:9 cannot be asked: .*refused/),
    })
  })
})

describe('a join', () => {
  it('that nobody answers is called off: the Engine does not go on trying', async () => {
    expect(await lostJoin).toMatchObject({ code: 'SWARM_UNREACHABLE', place: 'the lost' })
    expect((await lost.info()).swarm).toMatchObject({ state: 'inactive', error: '' })
  })
})

describe('leaving', () => {
  it('takes force for the manager, none for a worker, and is done when done already', async () => {
    const { id } = await theWorker()
    await worker.swarm.leave()
    await worker.swarm.leave()
    expect((await worker.info()).swarm.state).toBe('inactive')
    await eventually('the node is down', theWorker, ({ state }) => state === 'down')
    await manager.nodes.remove(id)
    expect(await manager.nodes.list()).toHaveLength(1)
    await expect(manager.swarm.leave()).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
    await manager.swarm.leave({ force: true })
    expect((await manager.info()).swarm.state).toBe('inactive')
  })
})
