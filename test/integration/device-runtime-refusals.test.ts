// A container whose claim cannot be honoured does not start, and Swarm's task says why; without the runtime's files the others still do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceNode, startDeviceNode, untilStopped } from './device-node.ts'
import { importShellImage } from './shell-image.ts'

let node: DeviceNode

const lamp = '- {id: lamp-1, capability: lamp, driver: device, path: /dev/net/lamp}'
const claimLamp = ['--generic-resource', 'lamp=1']

beforeAll(async () => {
  node = await startDeviceNode(['lamp=lamp-1', 'ghost=ghost-1', '/dev/net/lamp=lamp-1'])
  await node.declare(lamp)
})
afterEach(async () => await node?.removeServices())
afterAll(async () => await node?.stop())

async function errorOf(name: string, options: readonly string[]): Promise<string> {
  await node.start(name, options, untilStopped)
  return await node.failed(name)
}

describe('a claim that cannot be honoured', () => {
  it('names the device that is gone', async () => {
    await node.inside('mv /dev/net/lamp /dev/net/away')
    try {
      expect(await errorOf('gone', claimLamp)).toMatch(
        /error\[DEVICE_ABSENT\]: start, gone\.1\.\w+: its device lamp-1 \(\/dev\/net\/lamp\) is absent: there is no \/dev\/net\/lamp/,
      )
    } finally {
      await node.inside('mv /dev/net/away /dev/net/lamp')
    }
  })

  it('names the device that this node does not have', async () => {
    expect(await errorOf('ghostly', ['--generic-resource', 'ghost=1'])).toContain(
      'it claims the device ghost-1 (ghost), and this node has none of this id',
    )
  })

  it('says that the file of the devices cannot be read, or where it is wrong', async () => {
    await node.inside('rm /etc/shoal/devices.yaml; mkdir /etc/shoal/devices.yaml')
    const unreadable = await errorOf('unreadable', claimLamp)
    await node.declare('- {id: lamp-1, capability: lamp, driver: device, pth: /dev/net/lamp}')
    const invalid = await errorOf('invalid', claimLamp)
    await node.declare(lamp)
    expect(unreadable).toMatch(
      /error\[DEVICES_UNREADABLE\]: read, the devices of this node, \/etc\/shoal\/devices\.yaml/,
    )
    expect(invalid).toMatch(/error\[DEVICES_INVALID\].*unknown key "pth"; did you mean "path"\?/s)
  })

  it('refuses an image that says itself which devices it holds', async () => {
    await importShellImage(node.engine, 'shell:claims', { changes: ['ENV DOCKER_RESOURCE_GHOST=lamp-1'] })
    await importShellImage(node.engine, 'shell:tells', { changes: ['ENV SHOAL_DEVICES=[]'] })
    expect(await errorOf('claiming', [...claimLamp, '--image=shell:claims'])).toContain(
      'its image sets DOCKER_RESOURCE_GHOST, which only the cluster may set',
    )
    expect(await errorOf('alone', ['--image=shell:claims'])).toContain('its image sets DOCKER_RESOURCE_GHOST')
    expect(await errorOf('telling', [...claimLamp, '--image=shell:tells'])).toContain(
      'its image sets SHOAL_DEVICES',
    )
  })

  it('refuses a path of a device that is not claimed', async () => {
    const paths = [{ host: '/dev/net/bell', container: '/dev/bell', permissions: 'rw' }]
    const options = [...claimLamp, '--env', `SHOAL_DEVICE_PATHS=${JSON.stringify(paths)}`]
    expect(await errorOf('strange', options)).toContain(
      'it asks for /dev/net/bell, and claims no device that has this path',
    )
  })

  it('leaves a device free for the next', async () => {
    await node.start('next', claimLamp, untilStopped)
    expect(await node.within(await node.running('next'), ': <>/dev/net/lamp && echo opened')).toBe('opened')
  })
})

describe('a runtime without its files', () => {
  it('runs containers without claims, and says of the others why they do not start', async () => {
    const bundle = `${node.runtimeFolder}/create.cjs`
    await node.inside(`mv ${bundle} ${bundle}.away`)
    try {
      await node.start('plain', [], untilStopped)
      await node.running('plain')
      expect(await errorOf('claiming', claimLamp)).toMatch(
        /the device runtime of Shoal did not run \(status 1 of .*create\.cjs\)/,
      )
    } finally {
      await node.inside(`mv ${bundle}.away ${bundle}`)
    }
  })
})
