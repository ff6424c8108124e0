// A device that is connected: its Engine over the forwarded socket, and the address at which its services answer.
import { readFile } from 'node:fs/promises'
import type { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import type { ConnectionFiles } from './connection-files.ts'
import { interruption } from './interruption.ts'
import { commandArguments } from './ssh-arguments.ts'
import { type Environment, runSsh } from './ssh-process.ts'
import type { Target } from './target.ts'

export interface DeviceParts {
  readonly target: Target
  readonly engine: Engine
  /** Of the device, as seen from here. */
  readonly address: string
  readonly files: ConnectionFiles
  /** Bytes of ssh's log that were there before this command. */
  readonly logStart: number
  /** That ssh is run with. */
  readonly env: Environment
}

export class Device {
  readonly target: Target
  readonly engine: Engine
  readonly address: string
  readonly #files: ConnectionFiles
  readonly #logStart: number
  readonly #env: Environment

  constructor({ target, engine, address, files, logStart, env }: DeviceParts) {
    this.target = target
    this.engine = engine
    this.address = address
    this.#files = files
    this.#logStart = logStart
    this.#env = env
  }

  /** The name in all output. */
  get label(): string {
    return this.target.label
  }

  /**
   * A call that failed because ssh ended says only that its socket closed; ssh knows more.
   * @returns the error with ssh's reason, or the same error.
   */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof ShoalError) || !isLoss(error)) return error
    const log = (await readFile(this.#files.log).catch(() => Buffer.alloc(0))).toString(
      'utf8',
      this.#logStart,
    )
    const silent = /^Timeout, server .+ not responding\.\s*$/m.test(log)
    const closed = /^(?:Connection to .+ closed by remote host|Connection reset by .+)/m.test(log)
    return new ShoalError('CONNECTION_LOST', {
      action: error.action,
      object: error.object,
      place: this.label,
      reason: silent
        ? 'the connection was lost: the device has not answered for 4 s'
        : `the connection was lost${closed ? ': the device closed it' : ''}`,
      nextStep: `check that it is on and in the network: ping ${this.target.host}`,
      cause: error,
    })
  }

  /**
   * Over the connection that is there.
   * @param script for `sh`, whatever the log-in shell is
   * @returns what it has printed, whatever its exit code. Throws ShoalError.
   */
  async runScript(
    script: string,
    { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
  ): Promise<string> {
    const { exitCode, stdout, stderr, timedOut } = await runSsh(
      commandArguments(this.target, this.#files, 'exec sh -s'),
      { env: this.#env, deadlineMs, signal, input: script },
    )
    if (signal.aborted) throw interruption('look', 'at its devices', this.label)
    const failed = { action: 'look', object: 'at its devices', place: this.label }
    if (timedOut) {
      throw new ShoalError('DEVICES_UNREADABLE', {
        ...failed,
        reason: `its shell gave no answer within ${deadlineMs / 1000} s`,
        nextStep: 'see what keeps that machine busy, and try again',
      })
    }
    // 255 is ssh's own.
    if (exitCode !== 255) return stdout
    // Throws when it is the connection that has ended.
    await this.engine.ping({ signal })
    throw new ShoalError('SSH_FAILED', {
      ...failed,
      reason: `its SSH server runs no command for us: ${stderr.trim().split('\n').at(-1) ?? ''}`,
      nextStep: `see whether plain ssh does: ssh ${this.label} true`,
    })
  }

  /** Frees this command's sockets. The connection stays for the next command, for a minute. */
  close(): void {
    this.engine.close()
  }
}

/** Whether it was the connection that failed, not the Engine at its other end. */
export function isLoss(error: unknown): boolean {
  return error instanceof ShoalError && (error.code === 'CONNECTION_LOST' || error.code === 'ENGINE_ABSENT')
}
