// The sshd and the Engine of an emulated board: started by the board itself, asked and stopped over ssh.
import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '../deadline.ts'
import type { Services } from '../services.ts'
import type { BoardHost } from './board-host.ts'
import { boardFailure, startBoard } from './board-power.ts'

/** 20 s on an idle machine. */
const engineTimeoutMs = 400_000
const askEveryMs = 1500
const answerTimeoutMs = 30_000

export class BoardServices implements Services {
  private readonly host: BoardHost

  constructor(host: BoardHost) {
    this.host = host
  }

  async start(signal: AbortSignal): Promise<void> {
    await startBoard(this.host, signal)
    if (this.host.spec.engine) await this.engineAnswers(signal)
  }

  async startEngine(signal: AbortSignal | undefined): Promise<void> {
    await this.tell('start')
    await this.engineAnswers(signal)
  }

  async stopEngine(kind: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.tell(kind === 'SIGTERM' ? 'TERM' : 'KILL')
  }

  async startSshd(signal: AbortSignal | undefined): Promise<void> {
    await startBoard(this.host, signal)
  }

  async stopSshd(): Promise<void> {
    throw boardFailure(this.host, 'stop', 'sshd', 'it is the only way into a board; pull its power instead')
  }

  async engineVersion(): Promise<string | undefined> {
    const result = await this.run('version').catch(() => undefined)
    return result?.exitCode === 0 ? result.stdout.trim() : undefined
  }

  /** Whether a program can be run. */
  async sshUp(): Promise<boolean> {
    if (this.host.machinePid() === undefined) return false
    const result = await this.host.exec(['true'], { timeoutMs: answerTimeoutMs }).catch(() => undefined)
    return result?.exitCode === 0
  }

  private async engineAnswers(signal: AbortSignal | undefined): Promise<void> {
    const late = () =>
      boardFailure(this.host, 'start', 'dockerd', `no answer after ${engineTimeoutMs / 1000} s`)
    await waitFor(
      async () => {
        if ((await this.engineVersion()) !== undefined) return true
        await sleep(askEveryMs)
        return undefined
      },
      { timeoutMs: engineTimeoutMs, signal, late },
    )
  }

  private async tell(word: string): Promise<void> {
    const { exitCode, stderr } = await this.run(word)
    if (exitCode !== 0)
      throw boardFailure(this.host, word, 'dockerd', stderr.trim() || `exit code ${exitCode}`)
  }

  private run(word: string) {
    return this.host.exec(['/lib/board/engine', word], { timeoutMs: answerTimeoutMs })
  }
}
