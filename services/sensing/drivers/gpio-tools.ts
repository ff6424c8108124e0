// Runs libgpiod's tools, as processes of our own: the kernel takes a line back from a process that ends, however it does.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError, type DeviceTrouble } from '../device-error.ts'
import { type Argv, parseToolsVersion, type ToolsVersion, versionArgv } from './gpio-arguments.ts'

/** A process that holds a line. */
export interface LineHolder {
  /** Resolves when it has ended and the line is free. */
  end(): Promise<void>
  /** Does not wait. */
  abandon(): void
}

export interface HolderEvents {
  readonly onLine: (text: string) => void
  /** It has ended, though nobody has ended it. */
  readonly onEnd: (reason: DeviceError) => void
}

const deadlineMs = 3000
/** Of what a process that ends may still wait for. */
const atOnceMs = 100
const pollMs = 2
/** Ends a process with the one that started it. Debian has it everywhere; an image has not, and needs it not: there, all end with the first. */
const setpriv = '/usr/bin/setpriv'

export class GpioTools {
  /** What they say of it; asked once. */
  #version: string | undefined

  /** Rejects with `DeviceError` where there are no tools. */
  async version(): Promise<ToolsVersion> {
    const text = this.#version ?? (await this.run(versionArgv))
    const version = parseToolsVersion(text)
    if (version === undefined) throw new DeviceError('failed', `gpioget says "${text}", which is no version`)
    this.#version = text
    return version
  }

  /** What it says. Rejects with `DeviceError`: what it complains of. */
  async run(argv: Argv): Promise<string> {
    const child = start(argv)
    const ended = endOf(child, argv)
    const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
    const { code, out, complaint } = await ended.finally(() => clearTimeout(deadline))
    if (code === null) throw new DeviceError('timeout', `${argv[0]} does not end in ${deadlineMs} ms`)
    if (code !== 0) throw complaintOf(argv, complaint)
    return out.trim()
  }

  /** For a process that is about to end. @returns whether it did what it was to do */
  runAtOnce([program, ...args]: Argv): boolean {
    return spawnSync(program, args, { timeout: atOnceMs, stdio: 'ignore' }).status === 0
  }

  /** Resolves when it holds the line. Rejects with `DeviceError`, and has ended then. */
  async hold(argv: Argv, { onLine, onEnd }: HolderEvents): Promise<LineHolder> {
    const child = start(argv)
    let isWanted = true
    let buffered = ''
    child.stdout?.on('data', (text: string) => {
      const lines = `${buffered}${text}`.split('\n')
      buffered = (lines.pop() ?? '').slice(0, 64)
      if (isWanted) for (const line of lines) onLine(line)
    })
    const ended = endOf(child, argv)
    const failure = ended.then(({ complaint }) => complaintOf(argv, complaint))
    failure.catch(() => {})
    const early = await Promise.race([failure, holdsLine(child)])
    if (early instanceof DeviceError) throw early
    if (!early) {
      if (hasEnded(child)) throw await failure
      child.kill('SIGKILL')
      await ended
      throw new DeviceError('timeout', `${argv[0]} does not get the line in ${deadlineMs} ms`)
    }
    const tell = (reason: DeviceError) => {
      if (isWanted) onEnd(reason)
    }
    failure.then(tell, tell)
    return {
      end: async () => {
        isWanted = false
        child.kill('SIGTERM')
        const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
        await ended.finally(() => clearTimeout(deadline))
      },
      abandon: () => {
        isWanted = false
        child.kill('SIGKILL')
      },
    }
  }
}

function start([program, ...args]: Argv): ChildProcess {
  const wrapped = existsSync(setpriv)
    ? [setpriv, '--pdeathsig', 'KILL', '--', program, ...args]
    : [program, ...args]
  const child = spawn(wrapped[0] ?? program, wrapped.slice(1), {
    // Its input ends with us, which ends `gpioset --mode=wait`; what it says is for machines.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  })
  child.stdin?.on('error', () => {})
  child.stdout?.setEncoding('utf8')
  child.stderr?.setEncoding('utf8')
  return child
}

interface End {
  /** Null: it was ended by a signal. */
  readonly code: number | null
  readonly out: string
  readonly complaint: string
}

/** Rejects with `DeviceError` where it cannot be started. */
async function endOf(child: ChildProcess, [program]: Argv): Promise<End> {
  let [out, complaint] = ['', '']
  child.stdout?.on('data', (text: string) => {
    out = (out + text).slice(-200)
  })
  child.stderr?.on('data', (text: string) => {
    complaint = (complaint + text).slice(-400)
  })
  return await new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new DeviceError('failed', `${program} cannot be run: ${error.message}`, error)),
    )
    child.once('close', (code) => resolve({ code, out, complaint }))
  })
}

/** The proof is the kernel's: among the files of a process that holds a line is that line. False: not in time, or it has ended. */
async function holdsLine(child: ChildProcess): Promise<boolean> {
  const folder = `/proc/${child.pid}/fd`
  const endMs = performance.now() + deadlineMs
  while (!hasEnded(child) && performance.now() < endMs) {
    const names = await readdir(folder).catch(() => [])
    const files = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
    if (files.some((file) => /^anon_inode:.*gpio/.test(file))) return true
    await delay(pollMs)
  }
  return false
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function complaintOf([program]: Argv, complaint: string): DeviceError {
  const text = complaint.trim().replaceAll('\n', '; ') || `${program} has ended`
  return new DeviceError(troubleOf(text), text)
}

/** The tools end with 1 whatever is wrong, and say the kernel's reason (strerror). */
export function troubleOf(text: string): DeviceTrouble {
  if (/failed to execute/.test(text)) return 'failed'
  if (/resource busy/i.test(text)) return 'busy'
  if (/no such (file|device)|cannot find|not found/i.test(text)) return 'gone'
  return /permission denied|not permitted/i.test(text) ? 'denied' : 'failed'
}
