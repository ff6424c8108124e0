import { describe, expect, it } from 'vitest'
import { commandArguments, connectArguments } from '../../../src/pair/ssh-arguments.ts'
import { parseTarget } from '../../../src/pair/target.ts'

const files = { socket: '/run/shoal/a.sock', control: '/run/shoal/a.ctl', log: '/run/shoal/a.log' }

/** The value of `-o NAME=…`. */
function setting(args: readonly string[], name: string): string | undefined {
  return args
    .find((arg, index) => args[index - 1] === '-o' && arg.startsWith(`${name}=`))
    ?.slice(name.length + 1)
}

describe('what ssh is started with', () => {
  it('never asks, and believes only known hosts', () => {
    const args = connectArguments(parseTarget('root@worker1'), {}, files)
    expect(setting(args, 'BatchMode')).toBe('yes')
    expect(setting(args, 'StrictHostKeyChecking')).toBe('yes')
    expect(args).toContain('/run/shoal/a.sock:/var/run/docker.sock')
  })

  it('ends by itself when nobody uses it and when the device is gone', () => {
    const args = connectArguments(parseTarget('root@worker1'), {}, files)
    expect(Number(setting(args, 'ControlPersist'))).toBeGreaterThan(0)
    expect(
      Number(setting(args, 'ServerAliveInterval')) * Number(setting(args, 'ServerAliveCountMax')),
    ).toBeLessThanOrEqual(5)
  })

  it('takes the named key and no other, and the named configuration', () => {
    const options = { identityFile: '/keys/edge', configFile: '/keys/config' }
    const args = connectArguments(parseTarget('root@worker1'), options, files)
    expect(args[args.indexOf('-i') + 1]).toBe('/keys/edge')
    expect(setting(args, 'IdentitiesOnly')).toBe('yes')
    expect(args[args.indexOf('-F') + 1]).toBe('/keys/config')
  })

  it('leaves to the user’s configuration what the user did not say', () => {
    const args = connectArguments(parseTarget('worker1'), {}, files)
    for (const option of ['-F', '-i', '-l', '-p']) expect(args).not.toContain(option)
    expect(args.slice(-2)).toEqual(['--', 'worker1'])
  })

  it('ends with the device, and with the command where there is one', () => {
    const target = parseTarget('pi@[fd00::7]:2222')
    expect(connectArguments(target, {}, files).slice(-6)).toEqual(['-l', 'pi', '-p', '2222', '--', 'fd00::7'])
    expect(commandArguments(target, files, 'id -un').slice(-3)).toEqual(['--', 'fd00::7', 'id -un'])
  })
})
