// A lab for the tests of joining: an access point with a manager, and two devices: one whose Engine was configured before, one as it came.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lab, type LabHost } from '../../lab/lab.ts'
import type { CommandResult } from '../../lab/run-command.ts'
import { parseTopology } from '../../lab/topology.ts'
import { labFolder } from './lab-folder.ts'
import { StartedShoal } from './pair-lab.ts'

const topology = `
subnet: 10.81.5.0/24
hosts:
  - {name: manager}
  - {name: w1, daemon: {max-concurrent-downloads: 2, labels: [zone=field], debug: false}}
  - {name: w2}
`

/** Everything that joining may change on a device. */
const look = [
  'cd /',
  'find etc/docker -not -name key.json -printf "%p %m %u\\n" | sort',
  'find etc/docker -type f -not -name key.json | sort | xargs --no-run-if-empty sha256sum',
  'ls -A /var/lib/shoal',
  // The Engine gives its labels in any order.
  'docker info --format "{{range .Labels}}{{println .}}{{end}}{{.Swarm.LocalNodeState}}" | sort',
  'ls /proc | grep "^[0-9]" | while read pid; do tr "\\0" " " </proc/$pid/cmdline; echo; done 2>/dev/null | grep -c "[w]orker agent" || true',
].join('; ')

export class JoiningLab {
  readonly lab: Lab
  /** Seen by every host; for files of a test. */
  readonly folder: string
  #manager: StartedShoal | undefined

  private constructor(lab: Lab) {
    this.lab = lab
    this.folder = mkdtempSync(join(tmpdir(), 'shoal-joining-'))
  }

  static async up(name: string): Promise<JoiningLab> {
    const lab = await Lab.up(parseTopology(topology, name), {
      name,
      dataFolder: labFolder(),
      signal: AbortSignal.timeout(120_000),
    })
    const joining = new JoiningLab(lab)
    try {
      await joining.startManager()
    } catch (error) {
      await joining.down()
      throw error
    }
    return joining
  }

  async down(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.lab.down()
  }

  get address(): string {
    return this.host('manager').address
  }

  host(name: string): LabHost {
    return this.lab.host(name)
  }

  /** Unless it runs. */
  async startManager(): Promise<void> {
    if (this.#manager !== undefined) return
    const manager = new StartedShoal(this.host('manager').spawn(['shoal', 'manager', 'start']))
    await manager.says(/answers: CoAP[\s\S]*shoal worker join|shoal worker join[\s\S]*answers: CoAP/)
    this.#manager = manager
  }

  async stopManager(): Promise<void> {
    const manager = this.#manager
    this.#manager = undefined
    if (manager === undefined) return
    manager.child.kill('SIGTERM')
    await manager.end()
  }

  async token(...flags: readonly string[]): Promise<string> {
    const { stdout } = await this.must('manager', ['shoal', 'manager', 'token', ...flags])
    return stdout.trim()
  }

  /** `shoal ARGV` on the host, to its end, whatever its exit code. */
  async shoal(
    host: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    return this.host(host).exec(['shoal', ...argv], { env, timeoutMs: 90_000 })
  }

  /** A program that has to succeed. */
  async must(host: string, argv: readonly string[]): Promise<CommandResult> {
    const result = await this.host(host).exec(argv, { timeoutMs: 90_000 })
    if (result.exitCode !== 0)
      throw new Error(`${argv.join(' ')} on ${host} ended with ${result.exitCode}: ${result.stderr}`)
    return result
  }

  async join(host: string, ...argv: readonly string[]): Promise<CommandResult> {
    return this.must(host, ['shoal', 'worker', 'join', '--token', await this.token(), ...argv])
  }

  async leave(host: string): Promise<CommandResult> {
    return this.must(host, ['shoal', 'worker', 'leave'])
  }

  /** What joining may change on a device, as it is now. */
  async state(host: string): Promise<string> {
    return (await this.must(host, ['sh', '-c', look])).stdout
  }

  /** Starts `shoal ARGV` and kills it as a power cut would, as soon as it says this. */
  async killWhen(host: string, argv: readonly string[], pattern: RegExp): Promise<void> {
    const started = new StartedShoal(this.host(host).spawn(['shoal', ...argv]))
    await started.says(pattern)
    const ended = once(started.child, 'close')
    started.child.kill('SIGKILL')
    await ended
  }

  /** Names of the nodes in Swarm's list, with their state. */
  async nodes(): Promise<readonly string[]> {
    const { stdout } = await this.must('manager', [
      'docker',
      'node',
      'ls',
      '--format',
      '{{.Hostname}} {{.Status}}',
    ])
    return stdout.split('\n').filter((line) => line !== '')
  }

  /** Loses these datagrams or packets on the host until the returned function is called. */
  async drop(host: string, ...rule: readonly string[]): Promise<() => Promise<void>> {
    await this.must(host, ['iptables', '--wait', '--insert', ...rule])
    return async () => void (await this.must(host, ['iptables', '--wait', '--delete', ...rule]))
  }
}
