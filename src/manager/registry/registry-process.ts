// One run of Distribution, the registry program, as a child process that cannot outlive the manager.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'

const programFolders = ['/usr/local/bin', '/usr/bin', '/bin']
/** It has nothing to finish: it dies of the signal at once, or hangs. */
const stopLimitMs = 2000
const lastLines = 20

/** Throws ShoalError REGISTRY_MISSING. */
export async function findRegistryPrograms(): Promise<void> {
  const needed = { 'docker-registry': 'docker-registry', setpriv: 'util-linux' }
  for (const [program, debianPackage] of Object.entries(needed)) {
    const isThere = await Promise.all(
      programFolders.map((folder) =>
        access(join(folder, program), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    )
    if (isThere.includes(true)) continue
    throw new ShoalError('REGISTRY_MISSING', {
      action: 'start',
      object: 'the registry',
      place: 'this machine',
      reason: `there is no program ${program} in ${programFolders.join(', ')}`,
      nextStep: `apt-get install ${debianPackage}${
        program === 'docker-registry'
          ? '; where systemd then runs one of its own: systemctl disable --now docker-registry'
          : ''
      }`,
    })
  }
}

export class RegistryProcess {
  readonly #child: ChildProcess
  readonly #log: string[] = []
  #failure: string | undefined
  /** Resolves when it has ended, or could not be started. */
  readonly ended: Promise<void>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', (error) => {
        this.#failure = error.message
        resolve()
      })
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8')
      stream?.on('data', (text: string) => {
        this.#log.push(...text.split('\n').filter((line) => line !== ''))
        this.#log.splice(0, this.#log.length - lastLines)
      })
    }
  }

  /** `setpriv --pdeathsig`: the kernel ends it when the manager is gone, after a kill -9 too. */
  static launch(configFile: string): RegistryProcess {
    return new RegistryProcess(
      spawn('setpriv', ['--pdeathsig', 'TERM', 'docker-registry', 'serve', configFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
        cwd: '/',
        // Ctrl-C at a terminal goes to the whole group; the manager ends it in its own time.
        detached: true,
        // Version 3 would send traces to nowhere.
        env: { PATH: programFolders.join(':'), OTEL_TRACES_EXPORTER: 'none' },
      }),
    )
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** What it said last, without time and level; undefined where it said nothing. */
  get lastWords(): string | undefined {
    return this.#failure ?? messageOf(this.#log.findLast((line) => !line.includes('level=info')))
  }

  /** Ends it, at the latest after some seconds. */
  async stop(): Promise<void> {
    if (this.hasEnded) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    // One that the kernel has stopped takes no SIGTERM.
    const timer = setTimeout(() => this.kill(), stopLimitMs)
    await gone
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** `time="…" level=fatal msg="listen tcp :5000: …" go.version=…` → the message. */
function messageOf(line: string | undefined): string | undefined {
  const quoted = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line ?? '')?.[1]
  return quoted === undefined ? line : quoted.replaceAll(/\\(.)/g, '$1')
}
