import { describe, expect, it } from 'vitest'
import type { DeviceGrant } from '../../../../src/model/devices/device.ts'
import { deniedFile, groupsFor } from '../../../../src/pair/claims/file-access.ts'
import { aDevice, aSensor } from './builders.ts'

const laser = aDevice('laser', 'l').grant as DeviceGrant
const sensor = aSensor('humidity', 's').grant as DeviceGrant

function modes(mode: number, gid = 997, path = '/dev/l') {
  return new Map([[path, { uid: 0, gid, mode }]])
}

describe('the group of a device file', () => {
  it('is given where the group may do what the device is granted for, and not everyone', () => {
    expect(groupsFor([laser], modes(0o660))).toEqual([997])
    expect(groupsFor([laser, laser], modes(0o660))).toEqual([997])
    expect(groupsFor([laser], modes(0o666))).toEqual([])
    expect(groupsFor([laser], modes(0o640))).toEqual([])
    expect(groupsFor([laser], modes(0o600))).toEqual([])
  })

  it('is not needed for a folder that is read, and is for one that is written to', () => {
    expect(groupsFor([sensor], modes(0o660, 5, '/sys/devices/s'))).toEqual([])
    const written = { ...sensor, mounts: sensor.mounts.map((mount) => ({ ...mount, readOnly: false })) }
    expect(groupsFor([written], modes(0o664, 5, '/sys/devices/s'))).toEqual([5])
  })

  it('is none where nothing is known of the file', () => {
    expect(groupsFor([laser], new Map())).toEqual([])
    expect(deniedFile([laser], new Map(), '65532')).toBeUndefined()
  })
})

describe('a file that the user of a container may not open', () => {
  it.each(['65532:65532', 'app', '65532'])('is told for %s', (user) => {
    expect(deniedFile([laser], modes(0o600), user)).toMatchObject({ path: '/dev/l', mode: 0o600 })
    expect(deniedFile([laser], modes(0o640), user)).toMatchObject({ path: '/dev/l' })
    expect(deniedFile([laser], modes(0o660), user)).toBeUndefined()
    expect(deniedFile([laser], modes(0o666), user)).toBeUndefined()
  })

  it.each(['', 'root', '0', '0:0', 'root:app'])('is none for %j, which is root', (user) => {
    expect(deniedFile([laser], modes(0o600), user)).toBeUndefined()
  })

  it('is none for the owner', () => {
    const own = new Map([['/dev/l', { uid: 65_532, gid: 0, mode: 0o600 }]])
    expect(deniedFile([laser], own, '65532:65532')).toBeUndefined()
  })
})
