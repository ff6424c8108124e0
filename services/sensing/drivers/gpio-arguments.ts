// The command lines of libgpiod's tools, which say the same differently in version 1 (Debian 11 and 12) and 2 (Debian 13).
import type { GrantedDevice } from '../../../src/model/devices/granted-device.ts'

export type GpioLine = Omit<Extract<GrantedDevice, { driver: 'gpio' }>, 'driver' | 'id' | 'capability'>

/** The first number of the version of the tools. */
export type ToolsVersion = 1 | 2

export type Argv = readonly [program: string, ...args: string[]]

export const versionArgv: Argv = ['gpioget', '--version']

/** `gpioget (libgpiod) v1.6.3`; undefined for what is no version that we know. */
export function parseToolsVersion(text: string): ToolsVersion | undefined {
  const major = /\bv?(\d+)\.\d+/.exec(text)?.[1]
  return major === '1' ? 1 : major === '2' ? 2 : undefined
}

/** Says `0` or `1`: whether the line is active. */
export function getArgv(version: ToolsVersion, line: GpioLine): Argv {
  return version === 1
    ? ['gpioget', ...settings(1, line), line.chip, String(line.line)]
    : ['gpioget', '--numeric', ...settings(2, line), `--chip=${line.chip}`, String(line.line)]
}

/** Drives the line, and holds it until its input ends (version 1) or it is ended itself. */
export function holdArgv(version: ToolsVersion, line: GpioLine, isActive: boolean): Argv {
  const setting = `${line.line}=${isActive ? 1 : 0}`
  return version === 1
    ? ['gpioset', '--mode=wait', ...settings(1, line), line.chip, setting]
    : ['gpioset', ...settings(2, line), `--chip=${line.chip}`, setting]
}

/** Puts the line to rest, and is done. */
export function restArgv(version: ToolsVersion, line: GpioLine): Argv {
  const setting = `${line.line}=0`
  return version === 1
    ? ['gpioset', '--mode=exit', ...settings(1, line), line.chip, setting]
    : ['gpioset', '--toggle=0', ...settings(2, line), `--chip=${line.chip}`, setting]
}

/** Says one number for each edge: `parseEdge` reads it. */
export function watchArgv(version: ToolsVersion, line: GpioLine): Argv {
  return version === 1
    ? ['gpiomon', '--line-buffered', '--format=%e', ...settings(1, line), line.chip, String(line.line)]
    : ['gpiomon', '--format=%e', ...settings(2, line), `--chip=${line.chip}`, String(line.line)]
}

/** Whether the line became active: 1 is a rising edge, a falling one is 0 (version 1) or 2. Undefined for anything else. */
export function parseEdge(text: string): boolean | undefined {
  if (text === '1') return true
  return text === '0' || text === '2' ? false : undefined
}

function settings(version: ToolsVersion, { activeLow, bias }: GpioLine): readonly string[] {
  const options = activeLow ? ['--active-low'] : []
  if (bias === undefined) return options
  return [...options, `--bias=${bias === 'disabled' && version === 1 ? 'disable' : bias}`]
}
