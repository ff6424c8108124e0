// Watches every process of this machine for who holds which device: whoever was told of it in its environment, one holder a container.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { grantedDevicesVariable, parseGrantedDevices } from '../../src/model/devices/granted-device.ts'

export interface DoubleHold {
  readonly device: string
  readonly holders: readonly string[]
}

const lookEveryMs = 100

export class DeviceWatch {
  /** Seen at one moment in more containers than the device allows. */
  readonly doubles: DoubleHold[] = []
  readonly #ids: RegExp
  readonly #shared: ReadonlyMap<string, number>
  readonly #timer: NodeJS.Timeout
  looks = 0

  /**
   * @param ids of the devices that are watched; they differ from node to node
   * @param shared ids to the holders that each may have, where it is not one
   */
  constructor(ids: RegExp, shared: ReadonlyMap<string, number>) {
    this.#ids = ids
    this.#shared = shared
    this.#timer = setInterval(() => this.#look(), lookEveryMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Device id to the process namespaces of its holders, now. */
  holders(): ReadonlyMap<string, ReadonlySet<string>> {
    const holders = new Map<string, Set<string>>()
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      for (const id of devicesOf(pid).filter((each) => this.#ids.test(each))) {
        const namespace = namespaceOf(pid)
        if (namespace !== undefined) holders.set(id, (holders.get(id) ?? new Set()).add(namespace))
      }
    }
    return holders
  }

  #look(): void {
    this.looks += 1
    for (const [device, holders] of this.holders()) {
      if (holders.size > (this.#shared.get(device) ?? 1)) this.doubles.push({ device, holders: [...holders] })
    }
  }
}

function devicesOf(pid: string): readonly string[] {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    const told = environment.find((each) => each.startsWith(`${grantedDevicesVariable}=`))
    return (parseGrantedDevices(told?.slice(grantedDevicesVariable.length + 1) ?? '[]') ?? []).map(
      ({ id }) => id,
    )
  } catch {
    // It has ended meanwhile.
    return []
  }
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}
