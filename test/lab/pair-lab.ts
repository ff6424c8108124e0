// A lab for the tests of pair mode: devices and a client, the image of compute built, and what can be asked of both sides.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Lab, type LabHost } from '../../lab/lab.ts'
import type { CommandResult } from '../../lab/run-command.ts'
import { parseTopology } from '../../lab/topology.ts'
import { labFolder } from './lab-folder.ts'

/** Kept between runs, because building is the same work each time; in the checkout, because every host sees that. */
export const imageFolder = fileURLToPath(new URL('../../node_modules/.cache/test-images', import.meta.url))

export interface PairRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunInstance {
  readonly instance: string
  readonly device: string
  readonly endpoint: string | null
  readonly container: string
  readonly isNew: boolean
  readonly phasesMs: Readonly<Record<string, number>>
  readonly activationMs: number
}

export interface PairLabOptions {
  readonly devices?: readonly string[]
  /** CPUs that each device may use. */
  readonly cpus?: number
}

export class PairLab {
  readonly lab: Lab
  readonly client: LabHost
  /** Compose files of a test lie here; every host sees it. */
  readonly folder: string
  /** The image store of the client. */
  images = imageFolder

  private constructor(lab: Lab) {
    this.lab = lab
    this.client = lab.host('client')
    this.folder = mkdtempSync(join(tmpdir(), 'shoal-pair-'))
  }

  static async up(
    name: string,
    { devices = ['worker1', 'worker2'], cpus }: PairLabOptions = {},
  ): Promise<PairLab> {
    const limit = cpus === undefined ? '' : `, cpus: ${cpus}`
    const hosts = [...devices.map((device) => `  - {name: ${device}${limit}}`), '  - {name: client}']
    const lab = await Lab.up(parseTopology(`hosts:\n${hosts.join('\n')}\n`, name), {
      name,
      dataFolder: labFolder(),
      signal: AbortSignal.timeout(120_000),
    })
    const pair = new PairLab(lab)
    await pair.must('image', 'build', 'compute', '--no-load')
    return pair
  }

  async down(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.lab.down()
  }

  host(name: string): LabHost {
    return this.lab.host(name)
  }

  /** `shoal ARGV` on the client, to its end, whatever its exit code. */
  async shoal(...argv: readonly string[]): Promise<PairRun> {
    return this.client.exec(['shoal', ...argv], { env: { SHOAL_IMAGES: this.images }, timeoutMs: 90_000 })
  }

  /** The same, when it has to succeed. @returns stdout. */
  async must(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.shoal(...argv)
    if (exitCode !== 0) throw new Error(`shoal ${argv.join(' ')} ended with ${exitCode}: ${stderr}`)
    return stdout
  }

  /** `shoal pair run … --json`, when it has to succeed. */
  async run(...argv: readonly string[]): Promise<readonly RunInstance[]> {
    const stdout = await this.must('pair', 'run', ...argv, '--json')
    return (JSON.parse(stdout) as { instances: RunInstance[] }).instances
  }

  /** Starts `shoal ARGV` on the client. */
  start(...argv: readonly string[]): StartedShoal {
    return new StartedShoal(this.client.spawn(['shoal', ...argv], { env: { SHOAL_IMAGES: this.images } }))
  }

  /** Writes a Compose file. @returns its path. */
  compose(name: string, services: string): string {
    const path = join(this.folder, `${name}.yaml`)
    writeFileSync(path, `name: ${name}\nservices:\n${services.trim().replace(/^/gm, '  ')}\n`)
    return path
  }

  /** Everything that pair mode could leave on a device, apart from images that were there before. */
  async leftOn(device: string): Promise<readonly string[]> {
    const script = [
      'docker ps --all --format "container {{.Names}}"',
      'docker network ls --filter type=custom --format "network {{.Name}}"',
      'docker volume ls --format "volume {{.Name}}"',
      'docker images --all --format "image {{.Repository}}:{{.Tag}}"',
      'for file in /var/lib/docker/tmp/docker-import-*; do [ ! -e "$file" ] || echo "file $file"; done',
    ].join('; ')
    const { stdout } = await this.host(device).exec(['sh', '-c', script])
    return stdout.split('\n').filter((line) => line !== '')
  }

  /** What the client remembers of activations that are not finished. */
  async journal(): Promise<readonly string[]> {
    const { stdout } = await this.client.exec(['sh', '-c', 'ls /var/lib/shoal/pair 2>/dev/null || true'])
    return stdout.split('\n').filter((line) => line !== '')
  }

  /** Takes everything away that tests have made, images too. */
  async clear(devices: readonly string[]): Promise<void> {
    await Promise.all(
      devices.map(async (device) => {
        const script =
          'docker ps --all --quiet | xargs --no-run-if-empty docker rm --force; docker system prune --force --all --volumes'
        await this.host(device).exec(['sh', '-c', script])
      }),
    )
  }
}

/** A command under way: what it has said so far, and its end. */
export class StartedShoal {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly #ended: Promise<unknown>

  constructor(child: ChildProcess) {
    this.child = child
    this.#ended = once(child, 'close')
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
  }

  /** Resolves as soon as it has said this. */
  async says(pattern: RegExp, deadlineMs = 30_000): Promise<void> {
    const endMs = performance.now() + deadlineMs
    while (!pattern.test(this.stdout + this.stderr)) {
      if (this.child.exitCode !== null) throw new Error(`it ended before it said ${pattern}: ${this.stderr}`)
      if (performance.now() > endMs)
        throw new Error(`it did not say ${pattern} in ${deadlineMs} ms: ${this.stdout}${this.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  async end(deadlineMs = 60_000): Promise<PairRun> {
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`it did not end: ${this.stderr}`)), deadlineMs)
      this.#ended.finally(() => clearTimeout(timer)).catch(() => {})
    })
    await Promise.race([this.#ended, late])
    return { exitCode: this.child.exitCode ?? -1, stdout: this.stdout, stderr: this.stderr }
  }
}

/** The code of the error that a command has ended with. */
export function errorCode({ stderr }: Pick<CommandResult, 'stderr'>): string | undefined {
  return /^error\[(\w+)\]: /m.exec(stderr)?.[1]
}
