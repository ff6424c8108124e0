import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { dumpScript, readDump } from '../../../src/devices/dump-view.ts'
import { readInventory } from '../../../src/devices/inventory.ts'
import { deviceNumbers, localKernelView } from '../../../src/devices/local-kernel-view.ts'
import { type KernelTree, raspberryTree } from './kernel-tree.ts'

const trees: KernelTree[] = []
const tree = (): KernelTree => {
  const made = raspberryTree()
  trees.push(made)
  return made
}
afterAll(() => {
  for (const { root } of trees) rmSync(root, { recursive: true })
})

const declared = `
- {id: dht11-kitchen, capability: humidity, driver: iio, match: {name: dht11}}
- {id: laser-1, capability: laser, driver: gpio, chip: pinctrl-bcm2711, line: GPIO2}
- {id: flame-1, capability: flame, driver: gpio, chip: fe200000.gpio, line: 22, bias: pull-up, activeLow: true}
- {id: tone-1, capability: passive-buzzer, driver: pwm, chip: pwmchip0, channel: 0}
- {id: tone-2, capability: passive-buzzer, driver: pwm, chip: fe20c000.pwm, channel: 1}
- {id: light-1, capability: light, driver: iio, match: {name: ads1015}, channel: voltage0}
- {id: sound-1, capability: sound, driver: iio, match: {path: 1-0048}, channel: voltage7}
- {id: modem, capability: modem, driver: serial, path: /dev/serial/by-id/usb-modem}
`

describe('readInventory', () => {
  it('brings declarations and what the kernel shows together', async () => {
    const { devices } = await readInventory(localKernelView(tree().root), declared)
    const byId = new Map(devices.map((device) => [device.id, device]))
    expect(byId.get('dht11-kitchen')?.grant).toEqual({
      nodes: [],
      mounts: [
        {
          source: '/sys/devices/platform/dht11@4/iio:device0',
          target: '/run/shoal/devices/dht11-kitchen',
          readOnly: true,
        },
      ],
      told: {
        id: 'dht11-kitchen',
        capability: 'humidity',
        driver: 'iio',
        folder: '/run/shoal/devices/dht11-kitchen',
      },
    })
    expect(byId.get('laser-1')?.grant).toEqual({
      nodes: [{ path: '/dev/gpiochip0', major: 254, minor: 0, permissions: 'rw' }],
      mounts: [],
      told: {
        id: 'laser-1',
        capability: 'laser',
        driver: 'gpio',
        chip: '/dev/gpiochip0',
        line: 2,
        activeLow: false,
      },
    })
    expect(byId.get('flame-1')?.grant?.told).toMatchObject({ line: 22, activeLow: true, bias: 'pull-up' })
    expect(byId.get('tone-1')?.grant?.mounts[0]).toMatchObject({
      source: '/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/pwm0',
      readOnly: false,
    })
    expect(byId.get('light-1')?.grant?.told).toMatchObject({ channel: 'voltage0' })
  })

  it('says of each device that is absent why, and what there is instead', async () => {
    const { devices } = await readInventory(localKernelView(tree().root), declared)
    const absence = Object.fromEntries(
      devices.flatMap((device) => (device.grant === undefined ? [[device.id, device.absence]] : [])),
    )
    expect(absence).toEqual({
      'tone-2':
        'channel 1 of pwmchip0 is not exported: the agent does it, or echo 1 > /sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/export',
      'sound-1': 'ads1015 (iio:device1) has no channel voltage7; it has voltage0',
      modem: 'there is no /dev/serial/by-id/usb-modem',
    })
  })

  it('takes cameras, thermometers and humidity sensors that nobody declared for devices, and knows them by what stays', async () => {
    const { devices } = await readInventory(localKernelView(tree().root), undefined)
    expect(devices.map(({ id, capability, isDeclared }) => [id, capability, isDeclared])).toEqual([
      ['camera-usb-046d_hd_webcam-video-index0', 'camera', false],
      ['humidity-dht11-4', 'humidity', false],
      ['temperature-28-00000abcdef0', 'temperature', false],
    ])
    const [camera] = devices
    expect(camera?.paths).toEqual(['/dev/video0', '/dev/v4l/by-id/usb-046d_HD_Webcam-video-index0'])
  })

  it('does not take what is declared for a device once more', async () => {
    const { devices } = await readInventory(
      localKernelView(tree().root),
      '- {id: front, capability: camera, driver: camera, path: /dev/v4l/by-id/usb-046d_HD_Webcam-video-index0}',
    )
    expect(devices.filter(({ capability }) => capability === 'camera').map(({ id }) => id)).toEqual(['front'])
  })

  it('does not take a codec or a stage behind a camera for a camera', async () => {
    const board = tree()
    for (const [number, name] of [
      'bcm2835-codec-decode',
      'bcm2835-isp-capture0',
      'rpi-hevc-dec',
      'pispbe-output',
    ].entries())
      board
        .file(`/sys/devices/soc/v/video4linux/video1${number}/name`, `${name}\n`)
        .link(`/sys/class/video4linux/video1${number}`, `../../devices/soc/v/video4linux/video1${number}`)
        .node(`/dev/video1${number}`, 81, 10 + number)
    const { devices } = await readInventory(localKernelView(board.root), undefined)
    expect(devices.filter(({ capability }) => capability === 'camera')).toHaveLength(1)
  })

  it('refuses to guess which of two is meant', async () => {
    const twins = tree()
      .file('/sys/devices/platform/dht11@9/iio:device2/name', 'dht11@9\n')
      .link('/sys/bus/iio/devices/iio:device2', '../../../devices/platform/dht11@9/iio:device2')
    const { devices } = await readInventory(
      localKernelView(twins.root),
      '- {id: a, capability: humidity, driver: iio, match: {name: dht11}}',
    )
    expect(devices.find(({ id }) => id === 'a')?.absence).toContain('tell them apart by match.path')
  })
})

describe('readDump', () => {
  it('sees through a shell what is seen directly', async () => {
    const { root } = tree().file('/etc/shoal/devices.yaml', declared)
    // The script looks at /: its own root is the tree, with the programs that it calls.
    const mounts = ['bin', 'usr', 'lib', 'lib64']
      .map(
        (folder) =>
          `[ -e /${folder} ] && mkdir ${root}/${folder} && mount --bind /${folder} ${root}/${folder}`,
      )
      .join('; ')
    const output = execFileSync('unshare', ['--mount', 'sh', '-c', `${mounts}; exec chroot ${root} sh`], {
      input: dumpScript,
      encoding: 'utf8',
    })
    const dump = readDump(output, 'the tree')
    expect(dump.declarations).toBe(declared)
    expect(await readInventory(dump.view, dump.declarations)).toEqual(
      await readInventory(localKernelView(root), declared),
    )
  })

  it('does not take half a look for a whole one', () => {
    expect(() => readDump('L\t/dev\tnull\n', 'root@worker1')).toThrow('broke off')
  })
})

describe('deviceNumbers', () => {
  it.each([
    [0x0103, 1, 3],
    [0xfe00, 254, 0],
    [0x1000081n * 1n, 0, 4225],
  ])('takes %s apart', (rdev, major, minor) => {
    expect(deviceNumbers(Number(rdev))).toEqual({ major, minor })
  })
})
