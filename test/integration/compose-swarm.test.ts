import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import type { Application } from '../../src/model/application.ts'
import type { ClusterInstance } from '../../src/model/cluster/instance.ts'
import type { ClusterFile } from '../../src/model/cluster/settings.ts'
import { fileBytesBelow } from '../../src/model/compose/cluster-objects.ts'
import { findNeededFiles, parseCompose } from '../../src/model/compose/parse-compose.ts'
import { renderSwarmService } from '../../src/model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../src/model/swarm-service-spec.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)

/** A key is bytes, not text. */
const fileContents = new Map([
  ['./mosquitto.conf', new TextEncoder().encode('listener 1883\n')],
  ['./tls.key', new Uint8Array([0, 255, 254, 10, 13])],
  ['./passwords', new TextEncoder().encode('field:$7$101$x\n')],
])

let docker: ThrowawayEngine
let engine: Engine

beforeAll(async () => {
  docker = await startThrowawayEngine({
    network: 'bridge',
    dockerdArguments: ['--label', 'zone=field', '--node-generic-resource', 'laser=red'],
  })
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'shell:1')
  await engine.swarm.init({ advertiseAddress: docker.address, heartbeatMs: 1000, taskHistory: 1 })
  // What plant.yaml finds there.
  await docker.docker('network', 'create', '--driver', 'overlay', '--subnet', '10.99.3.0/24', 'plant-floor')
  await engine.secrets.create({ name: 'licence', labels: {}, data: new TextEncoder().encode('one seat') })
  await engine.configs.create({ name: 'layout-7', labels: {}, data: new TextEncoder().encode('{}') })
})

afterAll(async () => {
  engine?.close()
  await docker?.stop()
})

interface Deployed {
  readonly application: Application
  /** As Swarm was asked. */
  readonly specs: readonly SwarmServiceSpec[]
}

/** Makes what the file asks for; a program that waits stands in for those that no registry is there to give. */
async function deploy(name: string): Promise<Deployed> {
  const fileName = `/compose/${name}.yaml`
  const text = readFileSync(new URL(`../fixtures/compose/cluster/${name}.yaml`, import.meta.url), 'utf8')
  const environment = { DB_PASSWORD: 'open sesame' }
  for (const { path } of findNeededFiles(text, { fileName, environment }))
    expect([...fileContents.keys()]).toContain(path)
  const application = parseCompose(text, { mode: 'cluster', fileName, environment, files: fileContents })
  const { networks, secrets, configs } = application.cluster ?? { networks: [], secrets: [], configs: [] }
  for (const { name: network, external, driver, driverOptions, attachable, internal, labels } of networks) {
    if (external) continue
    await engine.networks.create({
      name: network,
      labels,
      driver,
      options: driverOptions,
      attachable,
      internal,
    })
  }
  const context = {
    image: 'shell:1',
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    secretIds: await makeFiles(secrets, engine.secrets),
    configIds: await makeFiles(configs, engine.configs),
  }
  const specs: SwarmServiceSpec[] = []
  for (const service of application.services) {
    const spec = renderSwarmService(application, service, context)
    const { ContainerSpec } = spec.TaskTemplate
    const waiting: SwarmServiceSpec = {
      ...spec,
      TaskTemplate: {
        ...spec.TaskTemplate,
        ContainerSpec: {
          ...ContainerSpec,
          Command: ['/bin/sh', '-c', 'trap exit INT TERM; sleep 600 & wait'],
        },
      },
    }
    const { warnings } = await engine.services.create(waiting)
    expect(warnings).toEqual([])
    specs.push(waiting)
  }
  return { application, specs }
}

/** By their names, those that were there among them. */
async function makeFiles(
  files: readonly ClusterFile[],
  of: Engine['secrets'] | Engine['configs'],
): Promise<ReadonlyMap<string, string>> {
  for (const { name, external, content, labels } of files)
    if (!external) await of.create({ name, labels, data: content })
  return new Map((await of.list([])).map(({ name, id }) => [name, id]))
}

/** Nothing, empty, zero and false are the same to Swarm: what is left is what was set. */
function settings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settings)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, settings(inner)] as const)
  return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)))
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' ? value === null || Object.keys(value).length === 0 : !value
}

/** Until as many run as are wanted. */
async function running(service: string, count: number): Promise<readonly ClusterInstance[]> {
  const found = await engine.services.inspect(service)
  const endMs = performance.now() + 30_000
  for (;;) {
    const instances = await engine.tasks.list({ serviceId: found?.id ?? '' })
    const up = instances.filter(({ state }) => state === 'running')
    if (up.length >= count) return up
    if (performance.now() > endMs) {
      const why = instances.map(({ state, message, error }) => `${state}: ${message} ${error}`)
      throw new Error(`${service} does not run: ${why.join('; ')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function containerOf(service: string): Promise<string> {
  const [instance] = await running(service, 1)
  return instance?.containerId ?? ''
}

describe.each(['voting', 'monitoring', 'broker', 'coap-fleet', 'plant'])('the file %s', (name) => {
  let deployed: Deployed

  beforeAll(async () => {
    deployed = await deploy(name)
  })

  it('is taken by Swarm, and held as it was asked', async () => {
    for (const spec of deployed.specs) {
      const [held] = JSON.parse(await docker.docker('service', 'inspect', spec.Name))
      // Swarm names networks by their ids.
      for (const use of held.Spec.TaskTemplate.Networks ?? [])
        use.Target = await docker.docker('network', 'inspect', '--format', '{{.Name}}', use.Target)
      expect(settings(held.Spec)).toMatchObject(settings(spec) as object)
    }
  })

  it('runs, each service with as many instances as are wanted', async () => {
    for (const { Name, Mode } of deployed.specs)
      expect(await running(Name, Mode.Replicated?.Replicas ?? 1)).toHaveLength(Mode.Replicated?.Replicas ?? 1)
  })

  it('is a stack to Docker’s own tools', async () => {
    const stacks = await docker.docker('stack', 'ls', '--format', '{{.Name}} {{.Services}}')
    const { application } = deployed
    expect(stacks.split('\n')).toContain(`${application.name} ${application.services.length}`)
    const listed = await docker.docker('stack', 'services', application.name, '--format', '{{.Name}}')
    expect(listed.split('\n').sort()).toEqual(deployed.specs.map(({ Name }) => Name).sort())
  })
})

describe('in a container there is', () => {
  it('the content of secrets and configs, where and how the file says', async () => {
    const broker = await containerOf('broker_mosquitto')
    const cat = (path: string) => docker.docker('exec', broker, 'cat', path)
    expect(await cat('/mosquitto/config/mosquitto.conf')).toBe('listener 1883')
    // Its owner may read it, and root without capabilities may not.
    const passwords = ['exec', broker, 'cat', '/etc/mosquitto.passwd'] as const
    await expect(docker.docker(...passwords)).rejects.toThrow('Permission denied')
    expect(await docker.docker('exec', '--user', '1883', ...passwords.slice(1))).toBe('field:$7$101$x')
    const { stdout } = await run(
      'docker',
      ['--host', `unix://${docker.socketPath}`, 'exec', broker, 'cat', '/run/secrets/tls_key'],
      { encoding: 'buffer' },
    )
    expect([...stdout]).toEqual([0, 255, 254, 10, 13])
    expect(
      await docker.docker('exec', await containerOf('voting_db'), 'cat', '/run/secrets/db_password'),
    ).toBe('open sesame')
    expect(await docker.docker('exec', await containerOf('plant_scada'), 'cat', '/layout.json')).toBe('{}')
  })

  it('what was reserved, limited and granted', async () => {
    const [broker] = JSON.parse(await docker.docker('inspect', await containerOf('broker_mosquitto')))
    expect(broker.Config.Env).toContain('DOCKER_RESOURCE_LASER=red')
    expect(broker.HostConfig).toMatchObject({
      Init: true,
      ReadonlyRootfs: true,
      CapAdd: ['CAP_NET_BIND_SERVICE'],
      CapDrop: ['ALL'],
      Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 1024 }],
      Sysctls: { 'net.core.somaxconn': '256' },
      Dns: ['192.0.2.1'],
      ExtraHosts: ['upstream:192.0.2.7'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '3' } },
    })
    const [exporter] = JSON.parse(await docker.docker('inspect', await containerOf('monitoring_exporter')))
    expect(exporter.HostConfig).toMatchObject({ NetworkMode: 'host', NanoCpus: 2e8, Memory: 33_554_432 })
  })

  it('a name for each service on its networks, and for its aliases', async () => {
    /** How many addresses the name has for the service. */
    const countOf = async (name: string, service: string) => {
      const [seen] = JSON.parse(await docker.docker('inspect', await containerOf(service)))
      const script = `const r = new (require('node:dns').promises.Resolver)(); r.setServers(['127.0.0.11']);
        r.resolve4('${name}').then((found) => console.log(found.length))`
      const inEngine = ['--target', String(docker.pid), '--mount', '--pid']
      const inContainer = ['nsenter', '--target', String(seen.State.Pid), '--net']
      const { stdout } = await run('nsenter', [...inEngine, ...inContainer, process.execPath, '-e', script])
      return Number(stdout)
    }
    expect(await countOf('db', 'voting_worker')).toBe(1)
    expect(await countOf('results.voting', 'voting_vote')).toBe(1)
    // Of vip it is the address in front of both.
    expect(await countOf('worker', 'voting_db')).toBe(1)
    expect(await countOf('tasks.worker', 'voting_db')).toBe(2)
  })
})

describe('what the parser refuses', () => {
  it('is what Swarm refuses, and not one byte or letter less', async () => {
    const secret = (bytes: number) =>
      engine.secrets.create({ name: `of-${bytes}`, labels: {}, data: new Uint8Array(bytes) })
    await expect(secret(fileBytesBelow)).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
    await expect(secret(0)).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
    await secret(fileBytesBelow - 1)
    const service = (name: string, memory: string, constraint: string) => {
      const text = `services: {${name}: {image: a, deploy: {replicas: 0, placement: {constraints: ["${constraint}"]}, resources: {reservations: {memory: ${memory}}}}}}`
      const application = parseCompose(text, { mode: 'cluster', fileName: '/least/compose.yaml' })
      const [only] = application.services
      if (only === undefined) throw new Error('no service')
      const ids = { secretIds: new Map(), configIds: new Map() }
      return renderSwarmService(application, only, { image: 'shell:1', platforms: [], ...ids })
    }
    const longest = 'n'.repeat(63 - 'least_'.length)
    const spec = service(longest, '4m', 'node.labels.a == /[x]^$$|(y)?.*+-_: z')
    await engine.services.create(spec)
    const refused = { code: 'COMPOSE_INVALID' }
    expect(() => service(`${longest}n`, '4m', 'node.role == worker')).toThrow(
      expect.objectContaining(refused),
    )
    expect(() => service('a', '4095k', 'node.role == worker')).toThrow(expect.objectContaining(refused))
    const beyond: readonly SwarmServiceSpec[] = [
      { ...spec, Name: `${spec.Name}n` },
      { ...spec, Name: 'a.b' },
      { ...spec, Name: 'a-' },
      withTask(spec, { Placement: { Constraints: ['node.labels.a==b,c'] } }, 'c1'),
      withTask(spec, { Resources: { Reservations: { MemoryBytes: 4 * 1024 ** 2 - 1 } } }, 'c2'),
    ]
    for (const each of beyond)
      await expect(engine.services.create(each)).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
  })

  function withTask(
    spec: SwarmServiceSpec,
    part: Partial<SwarmServiceSpec['TaskTemplate']>,
    Name: string,
  ): SwarmServiceSpec {
    return { ...spec, Name, TaskTemplate: { ...spec.TaskTemplate, ...part } }
  }
})

describe('ports of the node', () => {
  it('are the one that the file names, or one that the Engine chose', async () => {
    const portsOf = async (service: string) =>
      (await running(service, 1))[0]?.ports
        .map(({ containerPort, hostPort }) => [containerPort, hostPort])
        .sort()
    expect(await portsOf('voting_vote')).toEqual([[80, 8080]])
    expect(await portsOf('broker_mosquitto')).toEqual([
      [1883, 1883],
      [8883, 8883],
      [8884, 8884],
    ])
    const average = await running('fleet_average', 3)
    const chosen = average.map(({ ports }) => ports[0]?.hostPort ?? 0)
    expect(new Set(chosen).size).toBe(3)
    expect(Math.min(...chosen)).toBeGreaterThan(1023)
  })
})
