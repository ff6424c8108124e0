import { expect, it } from 'vitest'
import { renderDevices } from '../../../src/cli/devices-command.ts'
import type { DeviceAnswer } from '../../../src/model/api/device.ts'

const aDevice = (id: string, changes: Partial<DeviceAnswer> = {}): DeviceAnswer => ({
  id,
  node: 'worker1',
  capability: 'humidity',
  present: true,
  absence: '',
  offered: true,
  shared: 1,
  claimedBy: [],
  paths: [],
  ...changes,
})

it('devices are listed with their state, who holds them, and of shared ones how many may', () => {
  const holders = ['garden/watch.1', 'garden/watch.2']
  const lines = renderDevices([
    aDevice('dht11', { claimedBy: ['garden/climate.1'] }),
    aDevice('cam', { capability: 'camera', shared: 3, claimedBy: holders }),
    aDevice('mic', { capability: 'sound', shared: 2 }),
    aDevice('gone', { present: false, absence: 'no IIO device\nis named dht11' }),
    aDevice('far', { present: null }),
    aDevice('new', { offered: false }),
  ])
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().split(/ {2,}/))
  expect(lines).toEqual([
    ['NODE', 'DEVICE', 'CAPABILITY', 'STATE', 'CLAIMED BY', 'NEWS'],
    ['worker1', 'dht11', 'humidity', 'present', 'garden/climate.1'],
    ['worker1', 'cam', 'camera', 'present', '2 of 3: garden/watch.1, garden/watch.2'],
    ['worker1', 'mic', 'sound', 'present', '0 of 2'],
    ['worker1', 'gone', 'humidity', 'absent', '-', 'no IIO device is named dht11'],
    ['worker1', 'far', 'humidity', 'unknown', '-', 'its agent does not tell of it'],
    ['worker1', 'new', 'humidity', 'present', '-', 'its Engine does not offer it yet'],
  ])
})
