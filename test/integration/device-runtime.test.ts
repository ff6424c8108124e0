// A container of Swarm has the devices that it claims, and no other, on a real Engine with real character devices.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseGrantedDevices } from '../../src/model/devices/granted-device.ts'
import { type DeviceNode, shellImage, startDeviceNode, untilStopped } from './device-node.ts'

let node: DeviceNode

const devices = `
- {id: lamp-1, capability: lamp, driver: device, path: /dev/net/lamp}
- {id: bell-1, capability: bell, driver: device, path: /dev/net/bell}
- {id: cam-1, capability: camera, driver: camera, path: /dev/net/camera, shared: 2}
- {id: probe, capability: temperature, driver: w1, match: {id: 28-000000000001}}
- {id: flame-sim, capability: flame, driver: simulated, board: greenhouse, device: flame}
`
const claim = (...kinds: string[]): string[] => kinds.flatMap((kind) => ['--generic-resource', `${kind}=1`])
const open = (path: string): string => `: <>${path} && echo opened`

beforeAll(async () => {
  node = await startDeviceNode([
    ...['lamp=lamp-1', 'bell=bell-1', 'camera=cam-1#1', 'camera=cam-1#2', 'temperature=probe'],
    ...['flame=flame-sim', '/dev/net/lamp=lamp-1'],
  ])
  await node.declare(devices)
  await node.inside(`
    mkdir -p /sys/bus/w1/devices/28-000000000001 /run/shoal/boards/greenhouse/flame
    echo 21000 > /sys/bus/w1/devices/28-000000000001/temperature
    mknod /run/shoal/boards/greenhouse/flame/socket p
  `)
})
afterEach(async () => await node?.removeServices())
afterAll(async () => await node?.stop())

describe('the devices of a container', () => {
  it('opens what it claims, and not what another claims, in both directions', async () => {
    await node.start('lighting', claim('lamp'), untilStopped)
    await node.start('ringing', claim('bell'), untilStopped)
    const [lighting, ringing] = [await node.running('lighting'), await node.running('ringing')]
    expect(await node.within(lighting, open('/dev/net/lamp'))).toBe('opened')
    expect(await node.within(ringing, open('/dev/net/bell'))).toBe('opened')
    expect(await node.within(lighting, open('/dev/net/bell'))).not.toContain('opened')
    expect(await node.within(ringing, open('/dev/net/lamp'))).not.toContain('opened')
    expect(await node.within(lighting, 'cd /dev/net; echo *')).toBe('lamp')
    expect(await node.within(ringing, 'cd /dev/net; echo *')).toBe('bell')
  })

  it('does not get at another device by a node that it makes itself, as root', async () => {
    await node.start('lighting', claim('lamp'), untilStopped)
    const container = await node.running('lighting')
    const own = 'mknod /own c 10 229'
    const others = 'mknod /bell c 10 237'
    expect(await node.within(container, `${own} && ${open('/own')}`, '0')).toBe('opened')
    expect(await node.within(container, `${others} && echo made`, '0')).toBe('made')
    expect(await node.within(container, open('/bell'), '0')).toContain('/bell: Operation not permitted')
  })

  it('has no more rights than a container without a claim', async () => {
    await node.start('lighting', claim('lamp'), untilStopped)
    await node.start('plain', [], untilStopped)
    const [lighting, plain] = [await node.running('lighting'), await node.running('plain')]
    const rights = `while read -r key value; do case $key in Cap*|Sig*|Seccomp:|NoNewPrivs:|Groups:|Uid:|Gid:) echo "$key $value"; esac; done < /proc/1/status; cat /proc/1/limits`
    expect(await node.within(lighting, rights)).toBe(await node.within(plain, rights))
    expect(await node.engine.docker('inspect', '--format', '{{.HostConfig.Privileged}}', lighting)).toBe(
      'false',
    )
    expect(await node.within(plain, open('/dev/net/lamp'))).not.toContain('opened')
    expect(await node.within(plain, 'mknod /lamp c 10 229 && : <>/lamp', '0')).toContain(
      'Operation not permitted',
    )
  })

  it('belongs to the user of the container and to nobody else', async () => {
    await node.start('lighting', ['--read-only', ...claim('lamp')], untilStopped)
    const container = await node.running('lighting')
    expect(await node.within(container, open('/dev/net/lamp'), '65532:65532')).toBe('opened')
    expect(await node.within(container, open('/dev/net/lamp'), '1000:1000')).toContain('Permission denied')
  })

  it('is told which devices it has', async () => {
    await node.start('both', claim('lamp', 'camera'), untilStopped)
    const told = await node.within(await node.running('both'), 'cat /proc/1/environ')
    const text = told.split('\0').find((entry) => entry.startsWith('SHOAL_DEVICES='))
    const granted = parseGrantedDevices(text?.slice('SHOAL_DEVICES='.length) ?? '')
    expect(granted).toHaveLength(2)
    expect(granted).toEqual(
      expect.arrayContaining([
        { id: 'lamp-1', capability: 'lamp', driver: 'device', path: '/dev/net/lamp' },
        { id: 'cam-1', capability: 'camera', driver: 'camera', path: '/dev/net/camera' },
      ]),
    )
  })

  it('reads the folder of a sensor and cannot write it; finds the folder of a simulated device', async () => {
    await node.start('sensing', ['--read-only', ...claim('temperature', 'flame')], untilStopped)
    const container = await node.running('sensing')
    expect(await node.within(container, 'cat /run/shoal/devices/probe/temperature')).toBe('21000')
    expect(await node.within(container, 'echo 1 > /run/shoal/devices/probe/temperature', '0')).toContain(
      'Read-only file system',
    )
    expect(await node.within(container, 'cd /run/shoal/devices; echo * */*')).toContain('flame-sim/socket')
  })

  it('finds a device under the path that a Compose file asked for, with its permissions', async () => {
    const paths = [{ host: '/dev/net/lamp', container: '/dev/light', permissions: 'r' }]
    await node.start(
      'reading',
      [...claim('/dev/net/lamp'), '--env', `SHOAL_DEVICE_PATHS=${JSON.stringify(paths)}`],
      untilStopped,
    )
    const container = await node.running('reading')
    expect(await node.within(container, ': </dev/light && echo opened')).toBe('opened')
    expect(await node.within(container, open('/dev/light'))).toContain('Operation not permitted')
  })

  it('gets nothing for a variable that Swarm did not set', async () => {
    const id = await node.engine.docker(
      ...[
        'run',
        '--detach',
        '--network',
        'none',
        '--env',
        'DOCKER_RESOURCE_LAMP=lamp-1',
        shellImage,
        'sleep',
        '1000',
      ],
    )
    expect(await node.within(id, open('/dev/net/lamp'))).not.toContain('opened')
    expect(await node.within(id, 'mknod /lamp c 10 229 && : <>/lamp')).toContain('Operation not permitted')
    await node.engine.docker('rm', '--force', id)
  })
})
