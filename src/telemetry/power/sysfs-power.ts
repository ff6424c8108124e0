// Power that the kernel knows: sensors of hwmon (INA219, INA226 and the like), and counters of energy (powercap, Intel RAPL).
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'
import type { PowerSource } from './power-source.ts'

/** hwmon: microwatts; milliamperes times millivolts where the chip says no power (Documentation/hwmon/sysfs-interface). */
export async function hwmonPower(folder: string): Promise<PowerSource> {
  const has = async (file: string): Promise<boolean> => (await readNumber(join(folder, file))) !== undefined
  const name = (await readFile(join(folder, 'name'), 'utf8').catch(() => 'hwmon')).trim()
  if (await has('power1_input')) {
    return measured(name, join(folder, 'power1_input'), async () => {
      const microwatts = await readNumber(join(folder, 'power1_input'))
      return microwatts === undefined ? null : microwatts / 1e6
    })
  }
  if ((await has('curr1_input')) && (await has('in1_input'))) {
    return measured(name, `${join(folder, 'curr1_input')} times in1_input`, async () => {
      const [milliamperes, millivolts] = await Promise.all([
        readNumber(join(folder, 'curr1_input')),
        readNumber(join(folder, 'in1_input')),
      ])
      return milliamperes === undefined || millivolts === undefined ? null : (milliamperes * millivolts) / 1e6
    })
  }
  throw unfit(folder, 'it has neither power1_input nor curr1_input with in1_input')
}

/**
 * powercap: microjoules since some moment, which begin anew at `max_energy_range_uj` (Documentation/power/powercap). Watts are the mean since the
 * last look.
 * @param now milliseconds, monotonic
 */
export async function powercapPower(folder: string, now: () => number): Promise<PowerSource> {
  const counter = join(folder, 'energy_uj')
  const range = await readNumber(join(folder, 'max_energy_range_uj'))
  const start = await readNumber(counter)
  if (start === undefined || range === undefined)
    throw unfit(folder, 'its energy_uj cannot be read; only root may')
  let last = { microjoules: start, atMs: now() }
  return measured('powercap', counter, async () => {
    const microjoules = await readNumber(counter)
    const atMs = now()
    if (microjoules === undefined || atMs <= last.atMs) return null
    const used = microjoules - last.microjoules + (microjoules < last.microjoules ? range : 0)
    const watts = used / 1e6 / ((atMs - last.atMs) / 1000)
    last = { microjoules, atMs }
    return watts
  })
}

/** The first folder of this machine that tells power; undefined where none does. */
export async function findSysfsPower(now: () => number, root = ''): Promise<PowerSource | undefined> {
  const hwmon = await foldersIn(`${root}/sys/class/hwmon`)
  for (const folder of hwmon) {
    const source = await hwmonPower(folder).catch(() => undefined)
    if (source !== undefined) return source
  }
  const zones = (await foldersIn(`${root}/sys/class/powercap`)).filter((each) => /:\d+$/.test(each))
  for (const folder of zones) {
    const source = await powercapPower(folder, now).catch(() => undefined)
    if (source !== undefined) return source
  }
  return undefined
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  // hwmon2 before hwmon10.
  const inOrder = names.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  return inOrder.map((name) => join(folder, name))
}

function measured(name: string, detail: string, read: () => Promise<number | null>): PowerSource {
  return { info: { name, origin: 'measured', detail }, read, stop: async () => {} }
}

async function readNumber(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /^-?\d+\s*$/.test(text) ? Number(text) : undefined
}

function unfit(place: string, reason: string): ShoalError {
  return new ShoalError('POWER_SOURCE', { action: 'read', object: 'power', place, reason })
}
