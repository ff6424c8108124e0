// A cluster in a lab for tests: the manager on the access point, two workers that joined, a client with the image of compute.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lab, type LabHost } from '../../lab/lab.ts'
import type { CommandResult } from '../../lab/run-command.ts'
import { parseTopology } from '../../lab/topology.ts'
import { labFolder } from './lab-folder.ts'
import { imageFolder } from './pair-lab.ts'

export class ClusterLab {
  readonly lab: Lab
  readonly manager: LabHost
  readonly worker1: LabHost
  readonly worker2: LabHost
  readonly client: LabHost
  /** Compose files of a test lie here; every host sees it. */
  readonly folder = mkdtempSync(join(tmpdir(), 'shoal-cluster-'))

  private constructor(lab: Lab) {
    this.lab = lab
    this.manager = lab.host('manager')
    this.worker1 = lab.host('worker1')
    this.worker2 = lab.host('worker2')
    this.client = lab.host('client')
  }

  /** The hosts only. */
  static async up(name: string): Promise<ClusterLab> {
    const hosts = ['manager', 'worker1', 'worker2', 'client'].map((host) => `  - name: ${host}`)
    const lab = await Lab.up(parseTopology(`hosts:\n${hosts.join('\n')}\n`, name), {
      name,
      dataFolder: labFolder(),
      signal: AbortSignal.timeout(120_000),
    })
    return new ClusterLab(lab)
  }

  /** Starts the manager, lets both workers join, builds the image of compute for the client. */
  async start(): Promise<void> {
    await this.must(this.manager, 'shoal', 'manager', 'start', '--background')
    const token = (await this.must(this.manager, 'shoal', 'manager', 'token')).trim()
    await Promise.all(
      [this.worker1, this.worker2].map((worker) =>
        this.must(worker, 'shoal', 'worker', 'join', '--token', token),
      ),
    )
    await this.must(this.client, 'shoal', 'image', 'build', 'compute', '--no-load', '--store', imageFolder)
  }

  async down(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.lab.down()
  }

  run(host: LabHost, ...argv: string[]): Promise<CommandResult> {
    return host.exec(argv, { timeoutMs: 110_000 })
  }

  /** `shoal …` in the client, which has the images of the tests. */
  shoal(...words: string[]): Promise<CommandResult> {
    return this.run(this.client, 'env', `SHOAL_IMAGES=${imageFolder}`, 'shoal', ...words)
  }

  async must(host: LabHost, ...argv: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(host, ...argv)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} on ${host.name}: ${stderr}`)
    return stdout
  }

  async mustShoal(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.shoal(...words)
    if (exitCode !== 0) throw new Error(`shoal ${words.join(' ')}: ${stderr}`)
    return stdout
  }

  /** libcoap's client against the manager. */
  async coap(method: 'get' | 'post' | 'put' | 'delete', path: string, ...options: string[]): Promise<string> {
    const argv = [
      'coap-client-notls',
      '-B',
      '60',
      '-m',
      method,
      ...options,
      `coap://${this.manager.address}${path}`,
    ]
    const { stdout, stderr } = await this.run(this.client, ...argv)
    // It writes errors of the other side to stderr, and ends with 0 nevertheless.
    return `${stdout}${stderr}`.trim()
  }

  /** A file for `shoal deploy`; what follows the name stands below `services`. */
  compose(name: string, services: string): string {
    const file = join(this.folder, `${name}.yaml`)
    writeFileSync(file, `name: ${name}\nservices:\n${services}`)
    return file
  }
}

/** compute, with what is to be added to its service. */
export function computeService(more = '', image = 'shoal/compute:0.1.0'): string {
  return `  compute:
    image: ${image}
    ports: ["5683/udp"]
    read_only: true
    user: "65532:65532"
${more}`
}
