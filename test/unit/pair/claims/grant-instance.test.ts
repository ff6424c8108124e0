import { describe, expect, it } from 'vitest'
import { grantInstance } from '../../../../src/pair/claims/grant-instance.ts'
import { configHashOf, type WantedInstance } from '../../../../src/pair/instance.ts'
import { anApplication, wanted } from '../builders.ts'
import { aDevice, aLine, aSensor } from './builders.ts'

function anInstance(settings = ''): WantedInstance {
  const [instance] = wanted(anApplication(`web: {image: "web:1"${settings}}`))
  if (instance === undefined) throw new Error('one was wanted')
  return instance
}

const modes = new Map([['/dev/gpiochip0', { uid: 0, gid: 997, mode: 0o660 }]])

describe('an instance with its devices', () => {
  it('gets the node, the group of the node, and is told', () => {
    const { spec, granted } = grantInstance(anInstance(), [aLine('laser', 'laser-1', 17)], modes)
    expect(granted.map(({ id }) => id)).toEqual(['laser-1'])
    expect(spec.body).toMatchObject({
      Labels: { 'shoal.claims': 'laser=laser-1' },
      HostConfig: {
        Devices: [
          { PathOnHost: '/dev/gpiochip0', PathInContainer: '/dev/gpiochip0', CgroupPermissions: 'rw' },
        ],
        GroupAdd: ['997'],
        Privileged: false,
      },
    })
    expect(spec.body.Env).toEqual([
      'SHOAL_DEVICES=[{"id":"laser-1","capability":"laser","driver":"gpio","chip":"/dev/gpiochip0","line":17,"activeLow":false}]',
    ])
  })

  it('gets one node for two lines of a chip, and a folder read-only', () => {
    const devices = [aLine('laser', 'l1', 1), aLine('flame', 'f1', 2), aSensor('humidity', 'dht11')]
    const { HostConfig, Labels } = grantInstance(anInstance(), devices, modes).spec.body
    expect(HostConfig.Devices.length).toBe(1)
    expect(HostConfig.Mounts).toEqual([
      { Type: 'bind', Source: '/sys/devices/dht11', Target: '/run/shoal/devices/dht11', ReadOnly: true },
    ])
    expect(Labels['shoal.claims']).toBe('laser=l1,flame=f1,humidity=dht11')
  })

  it('keeps what the Compose file gives, and has a node once', () => {
    const instance = anInstance(', devices: ["/dev/l:/dev/l:r", "/dev/x"], group_add: ["20"]')
    const { HostConfig } = grantInstance(instance, [aDevice('laser', 'l')], new Map()).spec.body
    expect(HostConfig.Devices.map((device) => `${device.PathOnHost} ${device.CgroupPermissions}`)).toEqual([
      '/dev/l rw',
      '/dev/x rwm',
    ])
    expect(HostConfig.GroupAdd).toEqual(['20'])
  })

  it('is the same with the same devices, and another with others', () => {
    const hash = (...ids: string[]) =>
      configHashOf(
        grantInstance(
          anInstance(),
          ids.map((id) => aDevice('laser', id)),
          modes,
        ),
      )
    expect(hash('a')).toBe(hash('a'))
    expect(new Set([hash('a'), hash('b'), hash('a', 'b'), hash()]).size).toBe(4)
  })

  it('is as it was without any', () => {
    const instance = anInstance()
    expect(grantInstance(instance, [], modes)).toBe(instance)
  })
})
