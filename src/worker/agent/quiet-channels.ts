// A PWM channel goes on by itself when the service that drove it crashes: the agent switches off what sounds and nobody holds.
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import type { Device } from '../../model/devices/device.ts'

export interface QuietOptions {
  /** The channel's `enable`, as sysfs has it; undefined where it cannot be read. */
  readonly readEnable: (folder: string) => Promise<string | undefined>
  readonly isHeld: (folder: string) => Promise<boolean>
  readonly switchOff: (folder: string) => Promise<void>
}

/** @returns ids of what was switched off */
export async function quietChannels(
  devices: readonly Device[],
  { readEnable, isHeld, switchOff }: QuietOptions = ofThisMachine,
): Promise<readonly string[]> {
  const quieted: string[] = []
  for (const { id, driver, grant } of devices) {
    const folder = driver === 'pwm' ? grant?.mounts[0]?.source : undefined
    if (folder === undefined || (await readEnable(folder)) !== '1' || (await isHeld(folder))) continue
    await switchOff(folder)
    quieted.push(id)
  }
  return quieted
}

const ofThisMachine: QuietOptions = {
  readEnable: async (folder) => {
    const text = await readFile(`${folder}/enable`, 'utf8').catch(() => undefined)
    return text?.trim()
  },
  isHeld: isMounted,
  switchOff: (folder) => writeFile(`${folder}/enable`, '0'),
}

/** Whether the folder is mounted somewhere for a process, which is how a container has it. One look a mount namespace. */
async function isMounted(folder: string): Promise<boolean> {
  const root = folder.replace(/^\/sys/, '')
  const seen = new Set<string>()
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined)
    if (namespace === undefined || seen.has(namespace)) continue
    seen.add(namespace)
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
    // Fourth: what of the file system is mounted (proc(5), mountinfo).
    if (mounts.split('\n').some((line) => line.split(' ')[3] === root)) return true
  }
  return false
}
