import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { localKernelView } from '../../../../src/devices/local-kernel-view.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { DeviceKeeper, type DeviceKeeperOptions } from '../../../../src/worker/agent/device-keeper.ts'
import { raspberryTree } from '../../devices/kernel-tree.ts'

let tree: ReturnType<typeof raspberryTree>
let text: string | undefined
let offered: readonly string[]
let nowMs: number
let stop: AbortController
const onChange = vi.fn()
const onProblem = vi.fn()
const offer = vi.fn<DeviceKeeperOptions['offer']>()

const dht11 = '- {id: dht11, capability: humidity, driver: iio, match: {name: dht11}}\n'
const modem = '- {id: modem, capability: modem, driver: serial, path: /dev/modem, shared: 2}\n'
/** What the tree shows without any declaration. */
const found = [
  'camera=camera-usb-046d_hd_webcam-video-index0',
  '/dev/video0=camera-usb-046d_hd_webcam-video-index0',
  '/dev/v4l/by-id/usb-046d_HD_Webcam-video-index0=camera-usb-046d_hd_webcam-video-index0',
  'temperature=temperature-28-00000abcdef0',
]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  tree = raspberryTree()
  text = dht11
  offered = ['humidity=dht11', ...found]
  nowMs = 0
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
  vi.clearAllMocks()
  rmSync(tree.root, { recursive: true })
})

function start(): DeviceKeeper {
  const keeper = new DeviceKeeper({
    view: localKernelView(tree.root),
    readDeclarations: async () => text,
    readOffer: async () => offered,
    offer: async (devices, signal) => offer(devices, signal),
    place: '/etc/shoal/devices.yaml',
    onChange,
    onProblem,
    now: () => nowMs,
  })
  void keeper.run(stop.signal)
  return keeper
}

/** As many looks as seconds pass; files are read in real time. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 5000 })
    nowMs += 1000
    await vi.advanceTimersByTimeAsync(1000)
  }
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 5000 })
}

const presence = (keeper: DeviceKeeper): Record<string, boolean> =>
  Object.fromEntries((keeper.reported ?? []).map(({ id, isPresent }) => [id, isPresent]))

describe('a keeper of devices', () => {
  it('tells what is there, and who comes and goes at its next look', async () => {
    const keeper = start()
    expect(keeper.reported).toBeUndefined()
    await pass(1)
    expect(presence(keeper)).toMatchObject({ dht11: true })
    expect(onChange).toHaveBeenCalledTimes(1)
    await pass(3)
    expect(onChange).toHaveBeenCalledTimes(1)
    rmSync(`${tree.root}/sys/bus/iio/devices/iio:device0`)
    await pass(2)
    expect(keeper.reported?.find(({ id }) => id === 'dht11')).toMatchObject({
      isPresent: false,
      absence: 'no iio is name dht11: the kernel shows iio:device1 (ads1015)',
    })
    expect(onChange).toHaveBeenCalledTimes(2)
    expect(offer).not.toHaveBeenCalled()
  })

  it('has a new device offered when nothing has changed for a while, and once', async () => {
    start()
    await pass(1)
    text = dht11 + modem
    await pass(4)
    expect(offer).not.toHaveBeenCalled()
    text = `${dht11}${modem}- {id: late, capability: laser, driver: device, path: /dev/laser}\n`
    await pass(4)
    expect(offer).not.toHaveBeenCalled()
    offer.mockImplementation(async () => {
      offered = [
        ...offered,
        'modem=modem#1',
        'modem=modem#2',
        '/dev/modem=modem#1',
        '/dev/modem=modem#2',
        'laser=late',
        '/dev/laser=late',
      ]
    })
    await pass(3)
    expect(offer).toHaveBeenCalledTimes(1)
    await pass(70)
    expect(offer).toHaveBeenCalledTimes(1)
  })

  it('does not restart the Engine again and again where that does not help', async () => {
    text = dht11 + modem
    offer.mockRejectedValue(
      new ShoalError('ENGINE_RESTART', { action: 'restart', object: 'it', reason: 'it is stuck' }),
    )
    start()
    await pass(40)
    expect(offer).toHaveBeenCalledTimes(1)
    expect(onProblem).toHaveBeenCalledWith(expect.stringContaining('it is stuck'))
    await pass(40)
    expect(offer).toHaveBeenCalledTimes(2)
  })

  it('goes on with what a file said before somebody broke it', async () => {
    const keeper = start()
    await pass(1)
    text = '- {id: dht11, capability: Humidity}\n'
    await pass(2)
    expect(presence(keeper)).toMatchObject({ dht11: true })
    expect(onProblem).toHaveBeenCalledWith(expect.stringMatching(/devices\.yaml: .*problem/s))
  })

  it('calls absent what Swarm counts on though nobody declares it any more', async () => {
    offered = [...offered, 'laser=gone#1', '/dev/laser=gone#1']
    const keeper = start()
    await pass(1)
    expect(keeper.reported?.find(({ id }) => id === 'gone')).toMatchObject({
      capability: 'laser',
      isPresent: false,
      paths: ['/dev/laser'],
    })
  })
})
