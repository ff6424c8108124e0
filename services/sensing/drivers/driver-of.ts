// From a granted device to the driver that works it.
import type { GrantedDevice } from '../../../src/model/devices/granted-device.ts'
import { type Capability, capabilities } from '../capability.ts'
import type { ActuatorDriver, SensorDriver } from '../driver.ts'
import { gpioSensor, gpioSwitch } from './gpio.ts'
import { hwmonSensor } from './hwmon.ts'
import { iioSensor } from './iio.ts'
import { pwmTone } from './pwm.ts'
import { simulatedSensor, simulatedSwitch, simulatedTone } from './simulated.ts'
import { w1Sensor } from './w1.ts'

export type SensingDriver =
  | { readonly role: 'sensor'; readonly driver: SensorDriver }
  | { readonly role: 'switch' | 'tone'; readonly driver: ActuatorDriver }

/** @returns undefined where the driver cannot give the capability: a gpio line is no thermometer. */
export function driverOf(device: GrantedDevice, capability: Capability): SensingDriver | undefined {
  const { role } = capabilities[capability]
  if (role === 'sensor') {
    const driver = sensorOf(device, capability)
    return driver && { role, driver }
  }
  const driver = role === 'switch' ? switchOf(device) : toneOf(device)
  return driver && { role, driver }
}

function sensorOf(device: GrantedDevice, capability: Capability): SensorDriver | undefined {
  switch (device.driver) {
    case 'simulated':
      return simulatedSensor(device.socket, capability)
    case 'gpio':
      return isDigital(capability) ? gpioSensor(device) : undefined
    case 'iio':
      return iioSensor(device.folder, capability, device.channel)
    case 'hwmon':
      return hwmonSensor(device.folder, capability, device.channel)
    case 'w1':
      return w1Sensor(device.folder, capability)
    default:
      return undefined
  }
}

function switchOf(device: GrantedDevice): ActuatorDriver | undefined {
  if (device.driver === 'gpio') return gpioSwitch(device)
  return device.driver === 'simulated' ? simulatedSwitch(device.socket) : undefined
}

function toneOf(device: GrantedDevice): ActuatorDriver | undefined {
  if (device.driver === 'pwm') return pwmTone(device.folder)
  return device.driver === 'simulated' ? simulatedTone(device.socket) : undefined
}

/** Modules with a comparator say by a line whether there is more than what they are set to. */
function isDigital(capability: Capability): boolean {
  return capability === 'sound' || capability === 'flame' || capability === 'light'
}
