// The instrument of a device, from what its script says.
import type { BoardClock } from './board-clock.ts'
import type { EdgeLog } from './edge.ts'
import { InputLine } from './instruments/input-line.ts'
import type { Instrument } from './instruments/instrument.ts'
import { OutputLine } from './instruments/output-line.ts'
import { PwmChannel } from './instruments/pwm-channel.ts'
import { Sensor } from './instruments/sensor.ts'
import { openModes } from './kinds.ts'
import type { DigitalSignal } from './physics/digital-signal.ts'
import { stuckSignal } from './physics/stuck.ts'
import { windowAt } from './physics/windows.ts'
import { soundSignal, windowSignal } from './physics/world-signals.ts'
import type { DeviceScript } from './script/board-script.ts'

export interface Surroundings {
  readonly clock: BoardClock
  readonly edges: EdgeLog
  readonly seed: number
}

export function makeInstrument(script: DeviceScript, { clock, edges, seed }: Surroundings): Instrument {
  const { name, kind, world, fails } = script
  if (world.of === 'sensor') {
    const { quantities, readMs, sampleS } = world
    return new Sensor({ name, kind, seed, quantities, fails, readMs, sampleS, clock })
  }
  if (world.of === 'actuator') {
    const isStuck = (): boolean => windowAt(script.stuck, clock.nowS()) !== undefined
    const parts = { name, kind, edges, isStuck }
    return openModes[kind] === 'pwm' ? new PwmChannel(parts) : new OutputLine(parts)
  }
  const signal: DigitalSignal =
    world.of === 'flame' ? windowSignal(world.flames) : soundSignal(world.sound, seed, name)
  return new InputLine({ kind, signal, stuck: stuckSignal(script.stuck), clock })
}
