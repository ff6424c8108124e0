import { expect, it } from 'vitest'
import type { Device } from '../../../../src/model/devices/device.ts'
import { quietChannels } from '../../../../src/worker/agent/quiet-channels.ts'

const channel = (id: string): Device => ({
  id,
  capability: 'passive-buzzer',
  driver: 'pwm',
  shared: 1,
  isDeclared: true,
  identity: id,
  absence: '',
  paths: [],
  grant: {
    nodes: [],
    mounts: [{ source: `/sys/${id}`, target: `/run/${id}`, readOnly: false }],
    told: { id, capability: 'passive-buzzer', driver: 'pwm', folder: `/run/${id}` },
  },
})

it('switches off what sounds and nobody holds, and nothing else', async () => {
  const off: string[] = []
  const quieted = await quietChannels([channel('held'), channel('crashed'), channel('silent')], {
    readEnable: async (folder) => (folder === '/sys/silent' ? '0' : '1'),
    isHeld: async (folder) => folder === '/sys/held',
    switchOff: async (folder) => {
      off.push(folder)
    },
  })
  expect(off).toEqual(['/sys/crashed'])
  expect(quieted).toEqual(['crashed'])
})
