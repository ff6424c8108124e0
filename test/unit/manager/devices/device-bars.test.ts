import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeviceBars } from '../../../../src/manager/devices/device-bars.ts'
import type { AgentDevice } from '../../../../src/model/cluster/agent-messages.ts'
import { barsOf } from '../../../../src/model/cluster/bars.ts'
import type { ClusterService } from '../../../../src/model/cluster/service.ts'
import type { ClusterSnapshot } from '../../../../src/model/cluster/snapshot.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import type { SwarmServiceSpec } from '../../../../src/model/swarm-service-spec.ts'
import { until } from '../../../until.ts'
import { aSnapshot } from '../../placement/builders.ts'
import { aNeedingService, anAbsentSensor, aSensor, aSensorNode } from './a-garden.ts'

const climate = aNeedingService('climate')
const node = aSensorNode('w1', 'a')

/** Services that change as Swarm's do: who decided on an older version is refused. */
class Services {
  service: ClusterService | undefined = climate
  devices: readonly AgentDevice[] | undefined
  conflicts = 0
  failures = 0
  updates = 0
  readonly #listeners = new Set<() => void>()
  #seen: ClusterSnapshot = this.#look()

  readonly engine = {
    services: {
      inspect: async (): Promise<ClusterService | undefined> => {
        if (this.failures-- > 0)
          throw new ShoalError('ENGINE_TIMEOUT', { action: 'inspect', object: 'x', reason: 'no answer' })
        return this.service
      },
      update: async (_: string, version: number, spec: SwarmServiceSpec) => {
        if (this.service === undefined || this.conflicts-- > 0 || version !== this.service.version)
          throw new ShoalError('SWARM_CONFLICT', { action: 'update', object: 'x', reason: 'out of sequence' })
        this.updates += 1
        this.service = { ...this.service, spec, version: version + 1 }
        return { warnings: [] }
      },
    },
  }

  readonly view = {
    snapshot: (): ClusterSnapshot => this.#seen,
    refresh: async (): Promise<ClusterSnapshot> => {
      this.#seen = this.#look()
      return this.#seen
    },
  }

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(devices: readonly AgentDevice[] | undefined): void {
    this.devices = devices
    for (const listener of this.#listeners) listener()
  }

  get bars(): readonly string[] {
    return this.service === undefined ? [] : barsOf(this.service.spec)
  }

  #look(): ClusterSnapshot {
    return aSnapshot({ nodes: [node], services: this.service === undefined ? [] : [this.service] })
  }
}

let services: Services
let bars: DeviceBars

beforeEach(() => {
  services = new Services()
  bars = new DeviceBars({ ...services, devicesOf: () => services.devices })
  bars.start()
})
afterEach(async () => {
  await bars.stop()
})

const barredWhen = async (isBarred: boolean): Promise<void> =>
  await until('its bars', () => services.bars.includes(node.id) === isBarred, 3000)

describe('a device that is absent', () => {
  it('bars its node, and lets the service back when it returns, without a trace', async () => {
    services.tell([anAbsentSensor('a')])
    await barredWhen(true)
    expect(services.service?.spec.TaskTemplate.Placement?.Constraints).toContain(`node.id!=${node.id}`)
    expect(services.service?.spec.Labels?.['shoal.spec']).toBe(climate.spec.Labels?.['shoal.spec'])
    services.tell([aSensor('a')])
    await barredWhen(false)
    expect(services.service?.spec).toEqual(climate.spec)
  })

  it('does so despite conflicts and an Engine that does not answer', async () => {
    services.conflicts = 2
    services.failures = 1
    services.tell([anAbsentSensor('a')])
    await barredWhen(true)
    expect(services.updates).toBe(1)
  })

  it('changes nothing that is as it should be, whatever else is new', async () => {
    services.tell([anAbsentSensor('a')])
    await barredWhen(true)
    services.tell([anAbsentSensor('a')])
    services.tell(undefined)
    await bars.stop()
    expect(services.updates).toBe(1)
    expect(services.bars).toEqual([node.id])
  })

  it('takes a service that is gone for done', async () => {
    services.service = undefined
    services.tell([anAbsentSensor('a')])
    await bars.stop()
    expect(services.updates).toBe(0)
  })
})
