// Makes the declared channels of PWM chips usable: exported, and open to the group that services run in. Containers get the one channel alone.
import { chmod, chown, writeFile } from 'node:fs/promises'
import { lookAtHardware } from '../../devices/hardware.ts'
import type { KernelView } from '../../devices/kernel-view.ts'
import { isNamed } from '../../devices/pick-hardware.ts'
import type { DeviceDeclaration } from '../../model/devices/declaration.ts'

/** Group of the services' images. */
const serviceGroup = 65_532
const settings = ['period', 'duty_cycle', 'polarity', 'enable'] as const

export type ExportChannel = (chipFolder: string, channel: number) => Promise<void>

/** @returns what could not be done, and why */
export async function exportChannels(
  view: KernelView,
  declarations: readonly DeviceDeclaration[],
  exportChannel: ExportChannel = exportThroughSysfs,
): Promise<readonly string[]> {
  const wanted = declarations.filter((each) => each.driver === 'pwm')
  if (wanted.length === 0) return []
  const chips = (await lookAtHardware(view)).filter(({ kind }) => kind === 'pwmchip')
  const problems: string[] = []
  for (const { id, chip, channel } of wanted) {
    const found = chips.filter((each) => isNamed(each, chip))
    const [only] = found
    if (only === undefined || found.length > 1 || channel >= only.parts.length) continue
    if ((await view.read(`${only.folder}/pwm${channel}/period`)) !== undefined) continue
    try {
      await exportChannel(only.folder, channel)
    } catch (error) {
      problems.push(`export channel ${channel} of ${chip} for ${id}: ${String(error)}`)
    }
  }
  return problems
}

async function exportThroughSysfs(chipFolder: string, channel: number): Promise<void> {
  await writeFile(`${chipFolder}/export`, String(channel))
  for (const setting of settings) {
    const file = `${chipFolder}/pwm${channel}/${setting}`
    await chown(file, 0, serviceGroup)
    await chmod(file, 0o664)
  }
}
