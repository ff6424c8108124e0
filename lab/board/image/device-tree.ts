// The device tree of a board: QEMU's own of the machine, with names for the GPIO lines and a DHT11 on one of them.
import { runStep } from '../../run-command.ts'
import { gpioLines, lineNumber } from '../lines.ts'
import { machineArgs } from '../machine.ts'
import { describedMemoryMiB } from './recipe.ts'

const gpioNode = '/pl061@9030000'

/** @throws ShoalError `LAB_STEP_FAILED` */
export async function makeDeviceTree(file: string, signal: AbortSignal): Promise<void> {
  const run = (argv: readonly string[]) =>
    runStep({ action: 'make', object: 'the device tree', place: 'the image of a board' }, argv, { signal })
  const [machineOption = '', machine = '', ...rest] = machineArgs(describedMemoryMiB)
  await run(['qemu-system-aarch64', machineOption, `${machine},dumpdtb=${file}`, ...rest])
  const phandle = (await run(['fdtget', '-t', 'x', file, gpioNode, 'phandle'])).trim()
  for (const argv of deviceTreeEdits(phandle)) await run(['fdtput', ...argv(file)])
}

/** Pure: the edits in their order. @param phandle of the GPIO chip, in hexadecimal */
export function deviceTreeEdits(phandle: string): readonly ((file: string) => readonly string[])[] {
  return [
    (file) => ['-t', 's', file, gpioNode, 'gpio-line-names', ...gpioLines],
    (file) => ['-c', file, '/dht11'],
    (file) => ['-t', 's', file, '/dht11', 'compatible', 'dht11'],
    (file) => ['-t', 'x', file, '/dht11', 'gpios', phandle, lineNumber('dht11').toString(16), '0'],
  ]
}
