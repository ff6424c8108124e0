import { describe, expect, it } from 'vitest'
import {
  type GpioLine,
  getArgv,
  holdArgv,
  parseEdge,
  parseToolsVersion,
  restArgv,
  watchArgv,
} from '../../../../services/sensing/drivers/gpio-arguments.ts'
import { troubleOf } from '../../../../services/sensing/drivers/gpio-tools.ts'

const plain: GpioLine = { chip: '/dev/gpiochip0', line: 17, activeLow: false }
const inverted: GpioLine = { ...plain, activeLow: true, bias: 'pull-up' }
const command = (argv: readonly string[]) => argv.join(' ')

describe('the command lines of libgpiod’s tools', () => {
  it('of version 1 name the chip before the line', () => {
    expect(command(getArgv(1, plain))).toBe('gpioget /dev/gpiochip0 17')
    expect(command(holdArgv(1, plain, true))).toBe('gpioset --mode=wait /dev/gpiochip0 17=1')
    expect(command(holdArgv(1, plain, false))).toBe('gpioset --mode=wait /dev/gpiochip0 17=0')
    expect(command(restArgv(1, plain))).toBe('gpioset --mode=exit /dev/gpiochip0 17=0')
    expect(command(watchArgv(1, plain))).toBe('gpiomon --line-buffered --format=%e /dev/gpiochip0 17')
  })

  it('of version 2 name the chip by an option', () => {
    expect(command(getArgv(2, plain))).toBe('gpioget --numeric --chip=/dev/gpiochip0 17')
    expect(command(holdArgv(2, plain, true))).toBe('gpioset --chip=/dev/gpiochip0 17=1')
    expect(command(restArgv(2, plain))).toBe('gpioset --toggle=0 --chip=/dev/gpiochip0 17=0')
    expect(command(watchArgv(2, plain))).toBe('gpiomon --format=%e --chip=/dev/gpiochip0 17')
  })

  it('carry what the line is like, in all of them', () => {
    for (const version of [1, 2] as const) {
      const all = [
        getArgv(version, inverted),
        holdArgv(version, inverted, true),
        restArgv(version, inverted),
        watchArgv(version, inverted),
      ]
      for (const argv of all) expect(argv).toEqual(expect.arrayContaining(['--active-low', '--bias=pull-up']))
    }
    expect(getArgv(1, { ...plain, bias: 'disabled' })).toContain('--bias=disable')
    expect(getArgv(2, { ...plain, bias: 'disabled' })).toContain('--bias=disabled')
    expect(getArgv(2, { ...plain, bias: 'pull-down' })).toContain('--bias=pull-down')
  })
})

describe('what the tools say', () => {
  it.each([
    ['gpioget (libgpiod) v1.6.3\nCopyright (C) 2017-2018', 1],
    ['gpioget (libgpiod) v2.2.1\nCopyright (C) 2017-2023', 2],
    ['gpioget (libgpiod) v3.0', undefined],
    ['no version', undefined],
  ])('%j is version %s', (text, version) => {
    expect(parseToolsVersion(text)).toBe(version)
  })

  it('of an edge is whether the line became active', () => {
    expect(['1', '0', '2', '', 'event'].map(parseEdge)).toEqual([true, false, false, undefined, undefined])
  })

  it.each([
    ['gpioset: error setting the GPIO line values: Device or resource busy', 'busy'],
    ["gpioset: unable to request lines on chip '/dev/gpiochip0': Device or resource busy", 'busy'],
    ['gpioget: error reading GPIO values: No such file or directory', 'gone'],
    ["gpioget: cannot find GPIO chip character device 'gpiochip9'", 'gone'],
    ['gpiomon: error waiting for events: No such device', 'gone'],
    ["gpioget: unable to open chip '/dev/gpiochip0': Permission denied", 'denied'],
    ['gpioset: error setting the GPIO line values: Invalid argument', 'failed'],
    ['setpriv: failed to execute gpioget: No such file or directory', 'failed'],
  ])('%j is %s', (text, trouble) => {
    expect(troubleOf(text)).toBe(trouble)
  })
})
