import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localShell } from '../../../../evaluation/hosts/local-shell.ts'
import { RealHost } from '../../../../evaluation/hosts/real-host.ts'
import { quote, type Shell } from '../../../../evaluation/hosts/shell.ts'
import { until } from '../../../until.ts'

const project = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')
const spec = {
  name: 'here',
  role: 'client',
  local: true,
  user: 'root',
  ssh: 'here',
  port: undefined,
  addresses: {},
  project,
  power: 'none',
  devices: false,
} as const

let host: RealHost

const open = (over: Partial<typeof spec> = {}): Promise<RealHost> =>
  RealHost.open({ ...spec, ...over }, 'ethernet', localShell, AbortSignal.timeout(20_000))

beforeAll(async () => {
  host = await open()
})

afterAll(() => host.close())

/** One that has ended and that nobody has buried yet is not. */
function isThere(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Whether anything runs in the group of processes. */
function hasMembers(group: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isThere(Number(name)))
    .some((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[2] === group
        )
      } catch {
        return false
      }
    })
}

/** The first line that it says. */
async function firstLine(child: ChildProcess): Promise<string> {
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await until('a line', () => said.includes('\n'))
  return said.slice(0, said.indexOf('\n'))
}

describe('a real host', () => {
  it('finds the project’s own Node and Shoal', async () => {
    expect(host.nodeProgram).toBe(`${project}/node_modules/.bin/node`)
    expect(host.projectFile('bin/shoal')).toBe(`${project}/bin/shoal`)
    expect((await host.exec(['sh', '-c', 'command -v shoal'])).stdout.trim()).toBe(`${project}/bin/shoal`)
  })

  it('says that there is no Shoal in the folder', async () => {
    await expect(open({ project: '/nowhere' } as never)).rejects.toThrow('there is no /nowhere/bin/shoal')
  })

  it.each([
    ['a line', 'echo welcome'],
    ['what looks like a folder', 'echo /etc'],
    ['no end of line', 'printf "shoal-evaluate: "'],
  ])('refuses a log-in shell that writes %s before every command', async (_, greeting) => {
    const folders = () => readdirSync('/tmp').filter((name) => name.startsWith('shoal-evaluate.'))
    const before = folders()
    const noisy: Shell = {
      ...localShell,
      start: (argv, stdio) => localShell.start(['sh', '-c', `${greeting}; exec "$@"`, 'sh', ...argv], stdio),
    }
    const opening = RealHost.open(spec, 'ethernet', noisy, AbortSignal.timeout(20_000))
    await expect(opening).rejects.toMatchObject({
      code: 'STAGE_FAILED',
      reason: expect.stringContaining('its log-in shell writes to stdout before every command'),
      nextStep: 'make ~/.bashrc on here write nothing where it is not interactive',
    })
    expect(folders()).toEqual(before)
  })

  it('shows no join token in what it says of a command', async () => {
    const joins = host.exec(['sleep', '600', '--token', 't0ken'], { timeoutMs: 1 })
    await expect(joins).rejects.toThrow('sleep 600 --token TOKEN: no end')
  })

  it('gives a program its words, its input, its end of input and its exit code', async () => {
    const words = ["it's", '$HOME', '"a b"', '', '*']
    const argv = ['sh', '-c', 'cat; printf "<%s>" "$@"; echo oh >&2; exit 3', 'sh', ...words]
    expect(await host.exec(argv, { input: 'input' })).toEqual({
      exitCode: 3,
      stdout: 'input<it\'s><$HOME><"a b"><><*>',
      stderr: 'oh\n',
    })
    expect(await host.exec(['cat'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  it.each(['ignore', 'pipe'] as const)('hands signals on to a program whose stdin is %s', async (stdin) => {
    const child = host.spawn(['sh', '-c', 'trap "exit 5" TERM; echo up; while :; do sleep 0.05; done'], {
      stdio: [stdin, 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    await firstLine(child)
    child.kill('SIGTERM')
    expect(await ended).toEqual([5, null])
    expect(child.kill('SIGTERM')).toBe(false)
  })

  it.each(['ignore', 'pipe'] as const)(
    'kills a program with all that it started (stdin %s)',
    async (stdin) => {
      const child = host.spawn(['sh', '-c', 'trap "" TERM; sleep 600 & echo $!; wait'], {
        stdio: [stdin, 'pipe', 'inherit'],
      })
      const ended = once(child, 'close')
      const pid = Number(await firstLine(child))
      expect(isThere(pid)).toBe(true)
      child.kill('SIGKILL')
      await ended
      await until('what it started is gone', () => !isThere(pid))
    },
  )

  it('kills a program that is late, and one whose wait is given up', async () => {
    await expect(host.exec(['sleep', '600'], { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'STAGE_FAILED',
    })
    const reason = new Error('given up')
    await expect(host.exec(['sleep', '600'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const stop = new AbortController()
    const child = host.spawn(['sleep', '600'], { signal: stop.signal, stdio: 'ignore' })
    const ended = once(child, 'close')
    stop.abort()
    await ended
  })

  it('ends what runs when whoever started it is killed', async () => {
    const program = fileURLToPath(new URL('local-host-program.ts', import.meta.url))
    const parent = spawn(process.execPath, [program, project], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number(await firstLine(parent))
    expect(isThere(pid)).toBe(true)
    const [, , , , group = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')
    parent.kill('SIGKILL')
    await until('the program has ended', () => !isThere(pid))
    // Who waited to kill it has seen that.
    await until('nothing is left of its attendant', () => !isThere(Number(group)) && !hasMembers(group), 5000)
  })
})

it('quotes words for a POSIX shell', () => {
  expect(quote("it's")).toBe(`'it'\\''s'`)
  expect(quote('')).toBe("''")
})
