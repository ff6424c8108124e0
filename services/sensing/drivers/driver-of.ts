// From a granted device to the driver that works it.
import type { GrantedDevice } from '../../../src/model/devices/granted-device.ts'
import { type Capability, capabilities } from '../capability.ts'
import type { ActuatorDriver, SensorDriver } from '../driver.ts'
import { simulatedSensor, simulatedSwitch, simulatedTone } from './simulated.ts'

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
    default:
      return undefined
  }
}

function switchOf(device: GrantedDevice): ActuatorDriver | undefined {
  return device.driver === 'simulated' ? simulatedSwitch(device.socket) : undefined
}

function toneOf(device: GrantedDevice): ActuatorDriver | undefined {
  return device.driver === 'simulated' ? simulatedTone(device.socket) : undefined
}
