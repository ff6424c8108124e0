// Every image that Shoal builds for ARM64 starts and answers on this machine, run by qemu-user: a smoke test of what is in it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultBoardCache } from '../../lab/board/image/board-image.ts'
import { fetchNode } from '../../lab/board/image/fetch-node.ts'
import { waitForAnswer } from '../../src/coap/wait-for-answer.ts'
import { Engine } from '../../src/engine/engine.ts'
import { ImageBuilder } from '../../src/image/image-builder.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { loadImage } from '../../src/image/load-image.ts'
import { listServices } from '../../src/image/service-sources.ts'
import { startThrowawayEngine, type ThrowawayEngine } from '../integration/throwaway-engine.ts'

const services = fileURLToPath(new URL('../../services', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
/** Debian's package qemu-user-static brings it: how the kernel knows such a program, and what runs it. */
const registration = '/usr/lib/binfmt.d/qemu-aarch64.conf'
const signal = AbortSignal.timeout(600_000)
const names = await listServices(services)

let emulator: Emulator
let folder = ''
let docker: ThrowawayEngine
let engine: Engine

beforeAll(async () => {
  emulator = await Emulator.start()
  folder = await mkdtemp(join(tmpdir(), 'shoal-arm64-'))
  docker = await startThrowawayEngine({ network: 'bridge' })
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
}, 120_000)
afterAll(async () => {
  engine?.close()
  await docker?.stop()
  await emulator?.stop()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

/**
 * Registers qemu-user with the kernel under a name of this run's own. A shell in a mount namespace of its own holds the registration and
 * takes it back when its input ends, which it also does when this process is killed.
 */
class Emulator {
  static readonly name = `shoal-test-${process.pid}`
  readonly #holder: ChildProcess

  private constructor(holder: ChildProcess) {
    this.#holder = holder
  }

  static async start(): Promise<Emulator> {
    const line = readFileSync(registration, 'utf8')
      .trim()
      .replace(/^:[^:]*:/, `:${Emulator.name}:`)
    const script = [
      'set -e',
      'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc',
      'cd /proc/sys/fs/binfmt_misc',
      'printf %s "$1" >register',
      'echo registered',
      'cat >/dev/null || :',
      'echo -1 >"$2"',
    ].join('\n')
    const argv = ['--mount', 'sh', '-c', script, 'sh', line, Emulator.name]
    const holder = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
    const word = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
    if (String(word[0]).trim() !== 'registered') throw new Error('the kernel did not take the registration')
    return new Emulator(holder)
  }

  async stop(): Promise<void> {
    const ended = once(this.#holder, 'exit')
    this.#holder.stdin?.end()
    expect(await ended).toEqual([0, null])
  }
}

describe('the ARM64 image of', () => {
  it.for(names)('%s starts and answers CoAP', async (service) => {
    const nodeVersion = process.versions.node
    const progress = () => {}
    const node = await fetchNode({ npmFolder: join(defaultBoardCache, 'npm'), nodeVersion, signal, progress })
    const builder = new ImageBuilder({
      store: new ImageStore({ folder }),
      runtime: {
        nodeVersion,
        nodeModules: [dirname(dirname(dirname(node)))],
        extraNodeFolder: join(defaultBoardCache, 'images'),
      },
      services,
      root,
      version: '9.8.7',
    })
    const { image } = await builder.build({ service, architecture: 'arm64', signal, onProgress: progress })
    await loadImage(image, engine.images, { signal })
    const reference = `shoal/${service}:9.8.7`
    const confined = ['--platform', 'linux/arm64', '--read-only', '--cap-drop', 'ALL']
    const id = await docker.docker('run', '--detach', ...confined, '--publish', '5683/udp', reference)
    const port = (await docker.docker('port', id, '5683/udp')).split('\n')[0]?.split(':').at(-1)
    const uri = `coap://${docker.address}:${port}/.well-known/core`
    expect(await waitForAnswer(uri, AbortSignal.timeout(60_000))).toBe(true)
    expect(await docker.docker('inspect', '--format', '{{.State.Running}}', id)).toBe('true')
    await docker.docker('rm', '--force', id)
  })
})
