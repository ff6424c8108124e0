// What every driver promises, whatever it drives: one suite, run over all of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceError, DeviceTrouble } from '../../../../services/sensing/device-error.ts'
import type {
  ActuatorDriver,
  DeviceEvents,
  HeldActuator,
  HeldSensor,
  SensorDriver,
} from '../../../../services/sensing/driver.ts'
import { until } from '../../../until.ts'

interface Rig {
  /** Takes the device out of the machine. */
  readonly takeAway: () => Promise<void>
  readonly bringBack: () => Promise<void>
  /** Whether the kernel, or the board, lets one process hold the device at a time. */
  readonly isExclusive: boolean
  readonly stop: () => Promise<void>
}

export interface SensorRig extends Rig {
  readonly driver: SensorDriver
  /** What the device measures now, and what a reading says then. */
  readonly situations: readonly {
    readonly make: () => Promise<void> | void
    readonly readings: readonly object[]
  }[]
  /** How the device can be made to fail, and what that is called. */
  readonly failures: Partial<Readonly<Record<DeviceTrouble, () => Promise<void> | void>>>
}

export interface ActuatorRig extends Rig {
  readonly driver: ActuatorDriver
  /** What the device does: false is at rest, true is on, a number is a tone in hertz. */
  readonly output: () => Promise<boolean | number>
}

const tone = { frequencyHz: 2500, duty: 0.5 }
const nothing: DeviceEvents = { onEdge: () => {}, onLost: () => {} }

/** Resolves with the trouble that a promise is rejected with. */
async function troubleOf(work: Promise<unknown>): Promise<DeviceTrouble | 'none'> {
  return await work.then(
    () => 'none' as const,
    (error: DeviceError) => error.trouble,
  )
}

export function sensorContract(name: string, start: () => Promise<SensorRig>): void {
  describe(`the contract of sensors: ${name}`, () => {
    let rig: SensorRig
    const held: HeldSensor[] = []
    const open = async (events = nothing) => {
      const sensor = await rig.driver.open(events)
      held.push(sensor)
      return sensor
    }
    beforeEach(async () => {
      rig = await start()
    })
    afterEach(async () => {
      for (const sensor of held.splice(0)) await sensor.close()
      await rig.stop()
    })

    it('reads what there is, each time anew', async () => {
      const sensor = await open()
      for (const { make, readings } of rig.situations) {
        await make()
        await expect.poll(() => sensor.read()).toEqual(readings)
      }
    })

    it('tells edges, if it says that it does', async () => {
      const edges: boolean[] = []
      const { tellsEdges } = await open({ ...nothing, onEdge: (isActive) => edges.push(isActive) })
      for (const { make } of rig.situations) await make()
      if (tellsEdges) await until('edges', () => edges.length > 0)
      else expect(edges).toEqual([])
    })

    it('says how it fails, and reads again afterwards', async () => {
      for (const [trouble, fail] of Object.entries(rig.failures)) {
        const sensor = await open()
        await fail()
        expect(await troubleOf(sensor.read())).toBe(trouble)
        await rig.situations[0]?.make()
        await sensor.close()
        expect(await (await open()).read()).toEqual(rig.situations[0]?.readings)
        await held.pop()?.close()
      }
    })

    it('is gone where there is no device, and back where there is', async () => {
      await rig.takeAway()
      expect(await troubleOf(open())).toBe('gone')
      await rig.bringBack()
      await rig.situations[0]?.make()
      expect(await (await open()).read()).toEqual(rig.situations[0]?.readings)
    })

    it('that is taken away while it is held says so', async () => {
      const lost: DeviceError[] = []
      const sensor = await open({ ...nothing, onLost: (reason) => lost.push(reason) })
      await rig.takeAway()
      expect(await troubleOf(sensor.read())).toBe('gone')
      expect(lost.length).toBeLessThanOrEqual(1)
      await rig.bringBack()
    })

    it('is closed once, says nothing afterwards, and reads no more', async () => {
      const lost: DeviceError[] = []
      const sensor = await open({ ...nothing, onLost: (reason) => lost.push(reason) })
      await Promise.all([sensor.close(), sensor.close()])
      expect(await troubleOf(sensor.read())).toBe('gone')
      expect(lost).toEqual([])
    })

    it('is held by one at a time, and by the next when it is closed', async () => {
      const first = await open()
      const second = open()
      expect(await troubleOf(second)).toBe(rig.isExclusive ? 'busy' : 'none')
      await first.close()
      expect(await troubleOf(open())).toBe('none')
    })
  })
}

export function actuatorContract(
  name: string,
  kind: 'switch' | 'tone',
  start: () => Promise<ActuatorRig>,
): void {
  describe(`the contract of actuators: ${name}`, () => {
    const active = kind === 'switch' ? true : tone.frequencyHz
    let rig: ActuatorRig
    const held: HeldActuator[] = []
    const open = async (onLost: DeviceEvents['onLost'] = () => {}) => {
      const actuator = await rig.driver.open({ onLost })
      held.push(actuator)
      return actuator
    }
    const drive = (actuator: HeldActuator, isActive: boolean) => actuator.drive({ isActive, tone })
    beforeEach(async () => {
      rig = await start()
    })
    afterEach(async () => {
      for (const actuator of held.splice(0)) await actuator.close()
      await rig.stop()
    })

    it('rests when it is opened, and does what it is told', async () => {
      const actuator = await open()
      expect(await rig.output()).toBe(false)
      for (const isActive of [true, true, false, false, true]) {
        await drive(actuator, isActive)
        expect(await rig.output()).toBe(isActive && active)
      }
    })

    it('rests when it is closed, once', async () => {
      const lost: DeviceError[] = []
      const actuator = await open((reason) => lost.push(reason))
      await drive(actuator, true)
      await Promise.all([actuator.close(), actuator.close()])
      expect(await rig.output()).toBe(false)
      expect(await troubleOf(drive(actuator, true))).toBe('gone')
      expect(await rig.output()).toBe(false)
      expect(lost).toEqual([])
    })

    it('rests soon when it is abandoned', async () => {
      const actuator = await open()
      await drive(actuator, true)
      actuator.abandon()
      await expect.poll(() => rig.output()).toBe(false)
    })

    it('is gone where there is no device, and back where there is', async () => {
      await rig.takeAway()
      expect(await troubleOf(open())).toBe('gone')
      await rig.bringBack()
      await drive(await open(), true)
      expect(await rig.output()).toBe(active)
    })

    it('that is taken away while it is held says so', async () => {
      const actuator = await open()
      await rig.takeAway()
      expect(await troubleOf(drive(actuator, true))).toBe('gone')
      await rig.bringBack()
    })

    it('is held by one at a time, and by the next when it is closed', async () => {
      const first = await open()
      expect(await troubleOf(open())).toBe(rig.isExclusive ? 'busy' : 'none')
      await first.close()
      expect(await troubleOf(open())).toBe('none')
    })

    if (kind === 'tone') {
      it('goes from one tone to any other', async () => {
        const actuator = await open()
        for (const frequencyHz of [2000, 5000, 2000, 3333]) {
          await actuator.drive({ isActive: true, tone: { frequencyHz, duty: 0.9 } })
          expect(await rig.output()).toBe(frequencyHz)
        }
      })
    }
  })
}
