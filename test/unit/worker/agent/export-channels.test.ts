import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localKernelView } from '../../../../src/devices/local-kernel-view.ts'
import { parseDeclarations } from '../../../../src/model/devices/declaration.ts'
import { exportChannels } from '../../../../src/worker/agent/export-channels.ts'
import { raspberryTree } from '../../devices/kernel-tree.ts'

let tree: ReturnType<typeof raspberryTree>
beforeEach(() => {
  tree = raspberryTree()
})
afterEach(() => rmSync(tree.root, { recursive: true }))

const declared = parseDeclarations(
  `
- {id: ready, capability: passive-buzzer, driver: pwm, chip: pwmchip0, channel: 0}
- {id: tone, capability: passive-buzzer, driver: pwm, chip: fe20c000.pwm, channel: 1}
- {id: none, capability: passive-buzzer, driver: pwm, chip: pwmchip7, channel: 0}
`,
  'x',
)

it('makes the channels usable that are declared and that a chip has, and no others', async () => {
  const exported: string[] = []
  const problems = await exportChannels(localKernelView(tree.root), declared, async (folder, channel) => {
    exported.push(`${folder} ${channel}`)
  })
  expect(exported).toEqual([
    '/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0 0',
    '/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0 1',
  ])
  expect(problems).toEqual([])
})

it('says which could not be, and why', async () => {
  writeFileSync(`${tree.root}/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/export`, '')
  const problems = await exportChannels(localKernelView(tree.root), declared, async (_, channel) => {
    if (channel === 1) throw new Error('EBUSY: device or resource busy')
  })
  expect(problems).toEqual([
    'export channel 1 of fe20c000.pwm for tone: Error: EBUSY: device or resource busy',
  ])
})
