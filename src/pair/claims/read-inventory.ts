// Reads the devices of a machine over its SSH connection: one script for its shell, nothing of Shoal's needs to be there.
import { dumpScript, readDump } from '../../devices/dump-view.ts'
import { readInventory } from '../../devices/inventory.ts'
import { declarationsFile } from '../../model/devices/declaration.ts'
import { ShoalError } from '../../model/errors.ts'
import { type Device, isLoss } from '../device.ts'
import { isInterruption } from '../interruption.ts'
import type { FileMode } from './file-access.ts'
import type { InventoryView } from './inventory-view.ts'

/** A Pi of the first generation with many devices needs some seconds: each look is a process there. */
const readLimitMs = 30_000

/**
 * Lines beside the dump's: `A` a file, its owner, its group and its mode in octal; `U` the declarations are there and may not be read. Channels
 * of PWM by their folder's real path, as grants name it.
 */
const accessScript = `
tab=$(printf '\\t')
find /dev -type c -exec stat -c "A$tab%n$tab%u$tab%g$tab%a" {} + 2>/dev/null
for file in /sys/class/pwm/pwmchip*/pwm*/duty_cycle; do
  [ -e "$file" ] && printf 'A\\t%s\\t%s\\n' "$(readlink -f "\${file%/*}")" "$(stat -c "%u$tab%g$tab%a" "$file")"
done
[ -e ${declarationsFile} ] && [ ! -r ${declarationsFile} ] && echo U
`

/** Throws ShoalError when the connection is lost; what is wrong with the machine itself is a value. */
export async function readDeviceInventory(
  device: Device,
  signal: AbortSignal,
  deadlineMs = readLimitMs,
): Promise<InventoryView> {
  try {
    const output = await device.runScript(accessScript + dumpScript, { signal, deadlineMs })
    if (/^U$/m.test(output)) throw unreadable()
    const { view, declarations } = readDump(output, device.label)
    const { devices } = await readInventory(view, declarations)
    return { ok: true, devices, modes: parseModes(output) }
  } catch (error) {
    if (!(error instanceof ShoalError) || isLoss(error) || isInterruption(error)) throw error
    return { ok: false, error }
  }
}

/** Pure. */
export function parseModes(output: string): ReadonlyMap<string, FileMode> {
  const modes = new Map<string, FileMode>()
  for (const line of output.split('\n')) {
    const [, path, uid, gid, mode] = /^A\t(.+)\t(\d+)\t(\d+)\t([0-7]+)$/.exec(line) ?? []
    if (path === undefined) continue
    modes.set(path, {
      uid: Number(uid),
      gid: Number(gid),
      mode: Number.parseInt(mode ?? '', 8) & 0o777,
    })
  }
  return modes
}

function unreadable(): ShoalError {
  return new ShoalError('DEVICES_UNREADABLE', {
    action: 'read',
    object: 'the devices',
    place: declarationsFile,
    reason: 'the user that SSH logs in with may not read it',
    nextStep: `on that machine, as root: chmod a+r ${declarationsFile}`,
  })
}
