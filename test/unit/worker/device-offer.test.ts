import { describe, expect, it } from 'vitest'
import type { Device } from '../../../src/model/devices/device.ts'
import { resourcesOf } from '../../../src/worker/device-offer.ts'

const device = (changes: Partial<Device>): Device => ({
  id: 'a',
  capability: 'humidity',
  driver: 'iio',
  shared: 1,
  isDeclared: true,
  identity: 'a',
  grant: undefined,
  absence: '',
  paths: [],
  ...changes,
})

describe('resourcesOf', () => {
  it('offers a device by its capability, present or absent', () => {
    expect(resourcesOf([device({}), device({ id: 'b', absence: 'gone' })])).toEqual([
      'humidity=a',
      'humidity=b',
    ])
  })

  it('offers a device of a path by its paths too, once for each holder', () => {
    expect(resourcesOf([device({ capability: 'camera', shared: 2, paths: ['/dev/video0'] })])).toEqual([
      'camera=a#1',
      'camera=a#2',
      '/dev/video0=a#1',
      '/dev/video0=a#2',
    ])
  })
})
