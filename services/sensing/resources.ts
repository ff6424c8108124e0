// The CoAP resources of the sensing service: one a capability, of the devices that were granted.
import { Code } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { OptionNumber } from '../../src/coap/options.ts'
import { type CoapReply, type CoapRequest, type Resource, Router } from '../../src/coap/router.ts'
import type { GrantedDevice } from '../../src/model/devices/granted-device.ts'
import { Actuator } from './actuator.ts'
import { answerTo, answerToFailure } from './answers.ts'
import { type Capability, capabilities, isCapability } from './capability.ts'
import { commandFormats, parseCommand } from './command.ts'
import { type Conditions, paced, parseConditions } from './conditions.ts'
import { DeviceError } from './device-error.ts'
import { driverOf } from './drivers/driver-of.ts'
import { type Measurement, senmlFormats } from './senml.ts'
import { Sensor } from './sensor.ts'

export interface SensingOptions {
  readonly devices: readonly GrantedDevice[]
  /** One line for people. */
  readonly log: (line: string) => void
}

/** What a resource does with its device. */
interface Operations {
  readonly on: (command: ReturnType<typeof parseCommand> & { isOn: true }) => Promise<void>
  readonly off: () => Promise<void>
  /** Of a plain GET: reads or triggers. */
  readonly act: () => Promise<Measurement>
  /** Of an observing GET: never triggers. */
  readonly observe: () => Promise<Measurement>
  readonly subscribe: (listener: () => void) => () => void
  readonly abandon: () => void
}

/** Owns the devices: `stop` gives them all back, actuators at rest. */
export class Sensing {
  readonly router = new Router()
  readonly #operations: Operations[] = []

  constructor({ devices, log }: SensingOptions) {
    const granted = devices.flatMap((device) => {
      const { capability } = device
      if (isCapability(capability)) return [{ device, capability }]
      log(`${device.id}: ${capability} is nothing that this service senses or does`)
      return []
    })
    const all = Map.groupBy(granted, ({ capability }) => capability)
    for (const [capability, ofIt] of all) {
      for (const [index, { device }] of ofIt.entries()) {
        const operations = operationsOf(device, capability, log)
        this.#operations.push(operations)
        const resource = resourceOf(device, capability, operations)
        if (index === 0) this.router.add(`/${capability}`, resource)
        if (ofIt.length > 1) this.router.add(`/${capability}/${encodeURIComponent(device.id)}`, resource)
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#operations.map(({ off }) => off()))
  }

  /** For a process that is about to end: does at once what can be done at once. */
  abandon(): void {
    for (const { abandon } of this.#operations) abandon()
  }
}

function operationsOf(
  device: GrantedDevice,
  capability: Capability,
  log: (line: string) => void,
): Operations {
  const { id } = device
  const found = driverOf(device, capability)
  if (found === undefined) {
    log(`${id}: the driver ${device.driver} gives no ${capability}`)
    const refuse = async () => {
      throw new DeviceError('unsupported', `${id}: the driver ${device.driver} gives no ${capability}`)
    }
    return {
      on: refuse,
      off: async () => {},
      act: refuse,
      observe: refuse,
      subscribe: () => () => {},
      abandon() {},
    }
  }
  if (found.role === 'sensor') {
    const sensor = new Sensor({ id, capability, driver: found.driver, log })
    return {
      on: () => sensor.on(),
      off: () => sensor.off(),
      act: () => sensor.read(),
      observe: () => sensor.observe(),
      subscribe: (listener) => sensor.subscribe(listener),
      abandon: () => sensor.abandon(),
    }
  }
  const actuator = new Actuator({ id, capability, log, ...found })
  return {
    on: (command) => actuator.on(command),
    off: () => actuator.off(),
    act: () => actuator.trigger(),
    observe: async () => actuator.state(),
    subscribe: (listener) => actuator.subscribe(listener),
    abandon: () => actuator.abandon(),
  }
}

function resourceOf({ id }: GrantedDevice, capability: Capability, operations: Operations): Resource {
  const { role, title } = capabilities[capability]
  return {
    attributes: {
      rt: `shoal.${capability}`,
      if: role === 'sensor' ? 'core.s' : 'core.a',
      ct: senmlFormats.join(' '),
      title: `${title} (${id})`,
    },
    consumes: commandFormats,
    produces: senmlFormats,
    put: (request) => put(request, capability, operations),
    get: (request) => get(request, id, operations),
    changes: (request, listener) => {
      const conditions = conditionsOf(request)
      // A bad query is the handler's to refuse.
      return conditions === undefined ? () => {} : paced(operations.subscribe, conditions, listener)
    },
  }
}

async function put(
  request: CoapRequest,
  capability: Capability,
  { on, off }: Operations,
): Promise<CoapReply> {
  try {
    const format = request.contentFormat ?? ContentFormat.TextPlain
    const command = parseCommand(request.payload, format, capability)
    await (command.isOn ? on(command) : off())
    return { code: Code.Changed }
  } catch (error) {
    return answerToFailure(error)
  }
}

async function get(request: CoapRequest, id: string, { act, observe }: Operations): Promise<CoapReply> {
  try {
    parseConditions(request.query)
    const isObserving = request.options.some(({ number }) => number === OptionNumber.Observe)
    return answerTo(id, await (isObserving ? observe() : act()), request.accept)
  } catch (error) {
    return answerToFailure(error)
  }
}

function conditionsOf({ query }: CoapRequest): Conditions | undefined {
  try {
    return parseConditions(query)
  } catch {
    return undefined
  }
}
