// Makes the declared channels of PWM chips usable: exported, and open to the group that services run in. Containers get the one channel alone.
import { chmod, chown, stat, writeFile } from 'node:fs/promises'
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
    try {
      await exportChannel(only.folder, channel)
    } catch (error) {
      problems.push(`export channel ${channel} of ${chip} for ${id}: ${String(error)}`)
    }
  }
  return problems
}

/** What is exported and open already stays; a rule of udev may have given it to another group since. */
async function exportThroughSysfs(chipFolder: string, channel: number): Promise<void> {
  const folder = `${chipFolder}/pwm${channel}`
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  if (!isThere) await writeFile(`${chipFolder}/export`, String(channel))
  for (const setting of settings) {
    const file = `${folder}/${setting}`
    if ((await stat(file)).gid === serviceGroup) continue
    await chown(file, 0, serviceGroup)
    await chmod(file, 0o664)
  }
}
