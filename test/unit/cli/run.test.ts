import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { type CommandTable, run } from '../../../src/cli/run.ts'
import { ShoalError } from '../../../src/model/errors.ts'

const commands: CommandTable = {
  greet: {
    summary: 'greets',
    load: async () => (io) =>
      new Command('greet').argument('<name>').action((name) => io.out(`hello ${name}\n`)),
  },
  breaks: {
    summary: 'breaks a promise',
    load: async () => () =>
      new Command('breaks').action(() => {
        throw new Error('broken')
      }),
  },
  fail: {
    summary: 'fails',
    load: async () => () =>
      new Command('fail').action(() => {
        throw new ShoalError('FILE_UNREADABLE', {
          action: 'read',
          object: 'compose.yaml',
          place: 'this machine',
          reason: 'no such file',
          nextStep: 'name a file that exists',
        })
      }),
  },
}

async function runWith(argv: readonly string[], signal = new AbortController().signal) {
  const written = { out: '', err: '' }
  const io: Io = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    isTerminal: false,
    env: {},
    signal,
  }
  const exitCode = await run(commands, argv, io, '1.2.3')
  return { exitCode, ...written }
}

describe('the command line', () => {
  it('runs the command that was asked for', async () => {
    expect(await runWith(['greet', 'ada'])).toEqual({ exitCode: 0, out: 'hello ada\n', err: '' })
  })

  it('lists every command without loading it', async () => {
    const { exitCode, out } = await runWith(['--help'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/greet.*greets/)
    expect(out).toMatch(/fail.*fails/)
  })

  it('tells of a command’s own words after help too', async () => {
    const { exitCode, out } = await runWith(['help', 'greet'])
    expect(exitCode).toBe(0)
    expect(out).toContain('<name>')
  })

  it('calls what breaks in a command that the user has stopped an interruption', async () => {
    const { exitCode, err } = await runWith(['breaks'], AbortSignal.abort('SIGINT'))
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^error\[INTERRUPTED\]: /)
    expect((await runWith(['breaks'])).err).toMatch(/^error\[INTERNAL\]: /)
  })

  it('prints an error as code, action, object, place, cause and next step', async () => {
    const { exitCode, err } = await runWith(['fail'])
    expect(exitCode).toBe(1)
    expect(err).toBe(
      'error[FILE_UNREADABLE]: read, compose.yaml, this machine: no such file\n  next: name a file that exists\n',
    )
  })

  it.each([[['nosuch']], [['greet']], [['greet', 'ada', '--loud']]])('calls %j wrong usage', async (argv) => {
    const { exitCode, err } = await runWith(argv)
    expect(exitCode).toBe(2)
    expect(err).toMatch(/^error\[USAGE\]: /)
  })
})
