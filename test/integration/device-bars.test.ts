// Services that need devices, in a real Swarm of one node: what a bar moves, and what it leaves alone.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { DeviceBars } from '../../src/manager/devices/device-bars.ts'
import { planBars } from '../../src/manager/devices/plan-bars.ts'
import { ClusterView } from '../../src/manager/swarm/cluster-view.ts'
import { isWanted, serviceViews } from '../../src/manager/views.ts'
import type { AgentDevice } from '../../src/model/cluster/agent-messages.ts'
import { barsOf, withBars } from '../../src/model/cluster/bars.ts'
import type { ClusterInstance } from '../../src/model/cluster/instance.ts'
import type { ServiceState } from '../../src/model/cluster/views.ts'
import { parseCompose } from '../../src/model/compose/parse-compose.ts'
import { renderSwarmService } from '../../src/model/swarm-service.ts'
import { explainService } from '../../src/placement/explain-service.ts'
import { until } from '../until.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

/** A machine that does much else starts a container in seconds. */
const patientMs = 30_000
const modem = '/dev/serial/by-id/modem'
const stop = new AbortController()
let docker: ThrowawayEngine
let engine: Engine
let view: ClusterView
let bars: DeviceBars
/** Which are absent; the rest of what the Engine offers is present. */
let absent: readonly string[] = []
const listeners = new Set<() => void>()

const devices = (): readonly AgentDevice[] =>
  ['dht-a', 'dht-b', 'gsm'].map((id) => ({
    id,
    capability: id === 'gsm' ? 'modem' : 'humidity',
    shared: 1,
    isPresent: !absent.includes(id),
    absence: absent.includes(id) ? 'unplugged' : '',
    paths: id === 'gsm' ? [modem] : [],
  }))

function unplug(...ids: readonly string[]): void {
  absent = ids
  for (const listener of listeners) listener()
}

beforeAll(async () => {
  const offers = ['humidity=dht-a', 'humidity=dht-b', 'modem=gsm', `${modem}=gsm`]
  docker = await startThrowawayEngine({
    network: 'bridge',
    dockerdArguments: offers.flatMap((offer) => ['--node-generic-resource', offer]),
  })
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'shell:1')
  await engine.swarm.init({ advertiseAddress: docker.address, heartbeatMs: 1000, taskHistory: 2 })
  view = new ClusterView({ engine })
  await view.start(stop.signal)
  bars = new DeviceBars({
    engine,
    view,
    devicesOf: devices,
    onChange: (listener) => {
      listeners.add(listener)
      return view.onChange(listener)
    },
  })
  bars.start()
})

afterAll(async () => {
  stop.abort()
  await bars?.stop()
  await view?.stop()
  engine?.close()
  await docker?.stop()
})

afterEach(async () => {
  unplug()
  for (const { id } of await engine.services.list()) await engine.services.remove(id)
  await until('nothing holds a device', () => view.snapshot().instances.length === 0, patientMs)
})

/** Deploys `farm/NAME` with these keys. @returns Swarm's id of it */
async function deploy(name: string, ...keys: readonly string[]): Promise<string> {
  const lines = ['image: shell:1', ...keys].map((line) => `    ${line}`)
  const application = parseCompose(`name: farm\nservices:\n  ${name}:\n${lines.join('\n')}\n`, {
    mode: 'cluster',
    fileName: 'compose.yaml',
  })
  const [service] = application.services
  if (service === undefined) throw new Error('no service was read')
  const context = { image: 'shell:1', platforms: [], secretIds: new Map(), configIds: new Map() }
  const command = ['/bin/sh', '-c', 'trap exit INT TERM; sleep 600 & wait']
  const spec = renderSwarmService(application, { ...service, entrypoint: command }, context)
  return (await engine.services.create(spec)).id
}

const running = (id: string): readonly ClusterInstance[] =>
  view
    .snapshot()
    .instances.filter((each) => each.serviceId === id && isWanted(each) && each.state === 'running')

const held = (id: string): readonly string[] =>
  running(id).flatMap(({ claims }) => claims.map(({ value }) => value))

const serviceOf = (id: string) => {
  const service = view.snapshot().services.find((each) => each.id === id)
  if (service === undefined) throw new Error('the service is gone')
  return service
}

function stateOf(id: string): ServiceState | undefined {
  const liveness = {
    instanceState: () => undefined,
    hasAgent: () => false,
    isAway: () => false,
    troubleOf: () => ({ missingImages: [], problems: [] }),
    devicesOf: devices,
  }
  return serviceViews(view.snapshot(), liveness).find(({ service }) => service === serviceOf(id).name)?.state
}

describe('an instance whose device goes away', () => {
  it('leaves, waits, and runs again when the device is back', async () => {
    const id = await deploy('climate', 'x-shoal: {needs: [humidity]}')
    await until('it runs', () => running(id).length === 1, patientMs)
    unplug('dht-a', 'dht-b')
    await until(
      'it has left and waits',
      () => running(id).length === 0 && stateOf(id) === 'unplaceable',
      patientMs,
    )
    const [first] = explainService(serviceOf(id), view.snapshot(), devices).verdicts
    expect(first?.reasons).toEqual([
      'humidity dht-a is absent: unplugged',
      'humidity dht-b is absent: unplugged',
    ])
    unplug()
    await until('it runs again', () => stateOf(id) === 'active', patientMs)
    expect(barsOf(serviceOf(id).spec)).toEqual([])
  })

  it('takes the other one of its kind, and stays with it', async () => {
    const id = await deploy('choosy', 'x-shoal: {needs: [humidity]}')
    await until('it runs', () => running(id).length === 1, patientMs)
    const [first = ''] = held(id)
    unplug(first)
    const other = first === 'dht-a' ? 'dht-b' : 'dht-a'
    await until('it holds the other', () => held(id).join() === other, patientMs)
    const [instance] = running(id)
    unplug()
    unplug(first)
    await view.refresh()
    expect(running(id)).toEqual([instance])
    expect(planBars(view.snapshot(), devices)).toEqual([])
  })

  it('is found by a path of its device too', async () => {
    const id = await deploy('phone', `devices: ["${modem}:/dev/modem"]`)
    await until('it runs', () => held(id).join() === 'gsm', patientMs)
    unplug('gsm')
    await until('it waits', () => stateOf(id) === 'unplaceable', patientMs)
    unplug()
    await until('it runs again', () => stateOf(id) === 'active', patientMs)
  })
})

describe('a bar', () => {
  it('of another node leaves an instance alone', async () => {
    const id = await deploy('calm', 'x-shoal: {needs: [humidity]}')
    await until('it runs', () => running(id).length === 1, patientMs)
    const [before] = running(id)
    await bars.stop()
    const { version, spec } = serviceOf(id)
    await engine.services.update(id, version, withBars(spec, ['some-other-node']))
    await until('Swarm has taken it', () => barsOf(serviceOf(id).spec).length === 1, patientMs)
    await view.refresh()
    expect(running(id).map((instance) => instance.id)).toEqual([before?.id])
    expect(stateOf(id)).toBe('active')
  })
})
