// A real host, as a measurement sees it: programs with an attendant there, which hands signals on and ends what nobody waits for any more.
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { collect } from '../../lab/run-command.ts'
import { ShoalError } from '../../src/model/errors.ts'
import { Slots } from '../../src/pair/slots.ts'
import { isRunning } from '../end-program.ts'
import { showArgv } from '../show-argv.ts'
import type { EvaluationHost, HostAnswer, HostRole } from './evaluation-host.ts'
import type { InventoryHost } from './inventory.ts'
import type { Shell } from './shell.ts'
import type { Link } from './stage.ts'

const attendant = readFileSync(fileURLToPath(new URL('attend.sh', import.meta.url)), 'utf8')
const usualLimitMs = 60_000
const openLimitMs = 20_000
/** sshd lets ten sessions share a connection (MaxSessions): the sampler, the manager and signals have theirs. */
const mostAtOnce = 6
/** Within which a signal is over there, or the connection is not there any more. */
const signalLimitMs = 6000

/** Makes a folder for pids, and says who we are and which Node there is: the project's own before the machine's. */
const look = [
  'node="$1/node_modules/.bin/node"',
  '[ -x "$node" ] || node=node',
  '[ -x "$1/bin/shoal" ] || { echo "there is no $1/bin/shoal" >&2; exit 1; }',
  'folder=$(mktemp -d /tmp/shoal-evaluate.XXXXXX) || exit 1',
  'echo "shoal-evaluate: $folder $(id -u) $node"',
].join('\n')

/** The folder is removed at the end: nothing else is ever taken for it. */
const looked = /shoal-evaluate: (?<folder>\/tmp\/shoal-evaluate\.\w{6}) (?<userId>\d+) (?<node>.+)\n$/

export class RealHost implements EvaluationHost {
  readonly name: string
  readonly role: HostRole
  readonly address: string
  readonly nodeProgram: string
  readonly userId: number
  readonly #shell: Shell
  readonly #project: string
  readonly #folder: string
  readonly #slots = new Slots(mostAtOnce)
  #started = 0

  private constructor(spec: InventoryHost, address: string, shell: Shell, seen: Seen) {
    this.name = spec.name
    this.role = spec.role
    this.address = address
    this.nodeProgram = seen.node
    this.userId = seen.userId
    this.#shell = shell
    this.#project = spec.project
    this.#folder = seen.folder
  }

  /** Looks around there. Throws ShoalError STAGE_FAILED, and the signal's reason. Ended by `close`, the shell too. */
  static async open(spec: InventoryHost, link: Link, shell: Shell, signal: AbortSignal): Promise<RealHost> {
    const child = shell.start(['sh', '-c', look, 'sh', spec.project], ['ignore', 'pipe', 'pipe'])
    const answer = await collect(child, { signal, timeoutMs: openLimitMs }, () =>
      failed(spec, `no answer within ${openLimitMs / 1000} s`),
    )
    const seen = looked.exec(answer.stdout)
    const { folder, userId, node } = seen?.groups ?? {}
    if (answer.exitCode !== 0 || seen === null || folder === undefined || node === undefined)
      throw failed(spec, answer.stderr.trim() || 'no answer')
    const address = spec.addresses[link] ?? Object.values(spec.addresses)[0] ?? 'localhost'
    const host = new RealHost(spec, address, shell, { folder, userId: Number(userId), node })
    if (seen.index === 0) return host
    await host.#removeFolder()
    throw noisy(spec, answer.stdout.slice(0, seen.index))
  }

  projectFile(path: string): string {
    return `${this.#project}/${path}`
  }

  spawn(
    argv: readonly string[],
    { signal, stdio = 'pipe' }: { readonly signal?: AbortSignal; readonly stdio?: StdioOptions } = {},
  ): ChildProcess {
    signal?.throwIfAborted()
    this.#started += 1
    const pidFile = `${this.#folder}/${this.#started}`
    const [stdin, ...outputs] = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio
    // Without an input of the program's, stdin is what tells that we are still there.
    const [kind, own] = stdin === 'ignore' ? ['held', 'pipe' as const] : ['input', stdin]
    const words = ['sh', '-c', attendant, 'sh', pidFile, `${this.#project}/bin`, kind]
    const child = this.#shell.start([...words, ...argv], [own, ...outputs])
    child.stdin?.on('error', () => {})
    if (kind === 'held') holdStdin(child)
    const cut = child.kill.bind(child)
    child.kill = (name = 'SIGTERM') => {
      if (!isRunning(child)) return false
      void this.#signal(pidFile, name).then((isDone) => {
        if (!isDone || name === 'SIGKILL') cut('SIGKILL')
      })
      return true
    }
    const abort = () => void child.kill('SIGKILL')
    signal?.addEventListener('abort', abort, { once: true })
    child.once('close', () => signal?.removeEventListener('abort', abort))
    return child
  }

  async exec(
    argv: readonly string[],
    {
      signal,
      timeoutMs = usualLimitMs,
      input,
    }: { readonly signal?: AbortSignal; readonly timeoutMs?: number; readonly input?: string } = {},
  ): Promise<HostAnswer> {
    signal?.throwIfAborted()
    const stdio: StdioOptions = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
    const options = { timeoutMs, ...(signal ? { signal } : {}), ...(input === undefined ? {} : { input }) }
    const late = () => failed(this, `${showArgv(argv)}: no end after ${timeoutMs / 1000} s; it was killed`)
    return await this.#slots.use(async () => {
      signal?.throwIfAborted()
      return await collect(this.spawn(argv, { stdio }), options, late)
    })
  }

  /** Programs that run on are cut off. */
  async close(): Promise<void> {
    await this.#removeFolder()
    await this.#shell.close()
  }

  async #removeFolder(): Promise<void> {
    const child = this.#shell.start(['rm', '-rf', this.#folder], 'ignore')
    await collect(child, { timeoutMs: signalLimitMs }, () => new Error('late')).catch(() => {})
  }

  /** SIGKILL for all that the program has started, any other for itself. @returns whether somebody there has heard it */
  async #signal(pidFile: string, kind: NodeJS.Signals | number): Promise<boolean> {
    const name = String(kind).replace(/^SIG/, '')
    // A program that is just being started has not written its pid yet.
    const wait =
      'n=0; until [ -s "$1" ] || [ $n = 20 ]; do sleep 0.1; n=$((n+1)); done; pid=$(cat "$1") || exit 0'
    const group = 'group=$(ps -o pgid= -p "$pid" | tr -d " ")'
    const send =
      name === 'KILL'
        ? `${group}; kill -s KILL -- "-$group" 2>/dev/null || kill -s KILL "$pid"`
        : `kill -s ${name} "$pid"`
    try {
      const child = this.#shell.start(['sh', '-c', `${wait}; ${send}`, 'sh', pidFile], 'ignore')
      const answer = await collect(child, { timeoutMs: signalLimitMs }, () => new Error('late'))
      return answer.exitCode === 0
    } catch {
      return false
    }
  }
}

/** Nobody writes to it; it is closed when the program has ended, or when this process is gone. */
function holdStdin(child: ChildProcess): void {
  const held = child.stdin
  child.stdin = null
  child.once('exit', () => held?.destroy())
}

interface Seen {
  readonly folder: string
  readonly userId: number
  readonly node: string
}

/** What is run there would be read with that before it. */
function noisy({ name }: Pick<InventoryHost, 'name'>, written: string): ShoalError {
  return new ShoalError('STAGE_FAILED', {
    action: 'use',
    object: name,
    reason: `its log-in shell writes to stdout before every command: ${JSON.stringify(written.slice(0, 80))}`,
    nextStep: `make ~/.bashrc on ${name} write nothing where it is not interactive`,
  })
}

function failed({ name }: Pick<InventoryHost, 'name'>, reason: string): ShoalError {
  return new ShoalError('STAGE_FAILED', { action: 'use', object: name, reason })
}
