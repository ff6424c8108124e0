// The private registry of the manager: Debian's `docker-registry` as a child that is watched, and started again when it dies.
import { createHmac } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { compare, hash } from 'bcryptjs'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { writeWhole } from '../../worker/write-whole.ts'
import { keyFiles } from '../keys/key-files.ts'
import type { KeyFolder, RegistryCredentials } from '../keys/key-folder.ts'
import { findPortHolder } from './port-holder.ts'
import { renderRegistryConfig } from './registry-config.ts'
import { findRegistryPrograms, RegistryProcess } from './registry-process.ts'

/**
 * Distribution checks the password at every request. It is 192 random bits: nobody guesses it whatever the cost, and the least that bcrypt
 * knows keeps a small board quick.
 */
const passwordCost = 4

const startLimitMs = 20_000
const answerLimitMs = 2000
const firstRestartMs = 250
const longestRestartMs = 15_000
/** One that has been up for so long starts again at once when it dies. */
const steadyMs = 60_000
/** A registry that hangs is ended, and started again, after three questions without an answer. */
const usualAskEveryMs = 10_000
const unansweredAtMost = 3
const leftOverLimitMs = 5000

export interface RegistryOptions {
  readonly keys: Pick<KeyFolder, 'folder' | 'authorityPem' | 'registry'>
  /** At which nodes reach it. */
  readonly address: string
  readonly port: number
  /** Of the images; default: `registry/images` in the key folder. */
  readonly storageFolder?: string | undefined
  /** How often it is asked whether it still answers. */
  readonly askEveryMs?: number
  /** Told when it dies, and when it answers again. */
  readonly onChange?: (state: 'up' | 'down', reason: string) => void
}

export class Registry {
  /** `10.77.0.1:5000` */
  readonly authority: string
  readonly authorityPem: string
  readonly auth: RegistryAuth
  readonly #options: RegistryOptions
  readonly #configFile: string
  #stopping = new AbortController()
  #watching: Promise<void> | undefined
  #process: RegistryProcess | undefined
  #isUp = false

  constructor(options: RegistryOptions) {
    this.#options = options
    const { address, port, keys } = options
    this.authority = `${address.includes(':') ? `[${address}]` : address}:${port}`
    this.authorityPem = keys.authorityPem
    this.auth = { ...keys.registry, serveraddress: this.authority }
    this.#configFile = resolve(keys.folder, 'registry', 'config.yml')
  }

  get state(): 'up' | 'down' {
    return this.#isUp ? 'up' : 'down'
  }

  /** Of the running program. */
  get pid(): number | undefined {
    return this.#process?.hasEnded === false ? this.#process.pid : undefined
  }

  /** Resolves when it answers. Throws ShoalError REGISTRY_MISSING, PORT_TAKEN, REGISTRY_DOWN, FILE_UNWRITABLE. */
  async start(signal: AbortSignal): Promise<void> {
    await findRegistryPrograms()
    await this.#freePort(signal)
    await this.#writeFiles()
    this.#stopping = new AbortController()
    const launched = RegistryProcess.launch(this.#configFile)
    this.#process = launched
    if (await this.#waitUntilUp(launched, AbortSignal.any([signal, AbortSignal.timeout(startLimitMs)]))) {
      this.#isUp = true
      this.#watching = this.#watch(launched, this.#stopping.signal)
      return
    }
    const reason = launched.lastWords ?? `no answer within ${startLimitMs / 1000} s`
    await launched.stop()
    signal.throwIfAborted()
    throw new ShoalError('REGISTRY_DOWN', {
      action: 'start',
      object: 'the registry',
      place: this.authority,
      reason,
      nextStep: `see whether \`docker-registry serve ${this.#configFile}\` says more`,
    })
  }

  /** Ends the program, at the latest after some seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#isUp = false
    await this.#watching
    this.#watching = undefined
    await this.#process?.stop()
  }

  async #writeFiles(): Promise<void> {
    const { keys, port } = this.#options
    const folder = resolve(keys.folder, 'registry')
    const images = resolve(this.#options.storageFolder ?? join(folder, 'images'))
    const passwordFile = join(folder, 'htpasswd')
    const { username, password } = keys.registry
    const config = renderRegistryConfig({
      folder: images,
      port,
      certificateFile: resolve(keys.folder, keyFiles.server),
      keyFile: resolve(keys.folder, keyFiles.serverKey),
      passwordFile,
      secret: createHmac('sha256', password).update('uploads').digest('base64url'),
    })
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await mkdir(images, { recursive: true, mode: 0o700 })
      // What fits stays: a start on a disk that is full has nothing to write, and a card lasts longer.
      if (!(await isPasswordFile(passwordFile, keys.registry)))
        await writeWhole(passwordFile, `${username}:${await hash(password, passwordCost)}\n`, 0o600)
      if ((await readIfAny(this.#configFile)) !== config) await writeWhole(this.#configFile, config, 0o600)
    } catch (error) {
      throw new ShoalError('FILE_UNWRITABLE', {
        action: 'prepare',
        object: 'the registry',
        place: folder,
        reason: error instanceof Error ? error.message : String(error),
        nextStep: 'make room there, or name another folder with --data or --registry-storage',
        cause: error,
      })
    }
  }

  /** Starts it again when it dies, ever more slowly while it keeps dying. */
  async #watch(first: RegistryProcess, stop: AbortSignal): Promise<void> {
    let waitMs = firstRestartMs
    let running = first
    while (!stop.aborted) {
      const upSinceMs = performance.now()
      await this.#untilEnd(running, stop)
      if (stop.aborted) return
      if (performance.now() - upSinceMs > steadyMs) waitMs = firstRestartMs
      if (this.#isUp) {
        this.#isUp = false
        this.#options.onChange?.('down', running.lastWords ?? 'its process ended')
      }
      await pause(waitMs, stop)
      if (stop.aborted) return
      waitMs = Math.min(waitMs * 2, longestRestartMs)
      running = RegistryProcess.launch(this.#configFile)
      this.#process = running
      if (await this.#waitUntilUp(running, AbortSignal.any([stop, AbortSignal.timeout(startLimitMs)]))) {
        this.#isUp = true
        this.#options.onChange?.('up', 'it answers')
      } else running.kill()
    }
  }

  /** Returns when the program has ended, by itself or because it did not answer any more, or at the stop. */
  async #untilEnd(running: RegistryProcess, stop: AbortSignal): Promise<void> {
    const { askEveryMs = usualAskEveryMs } = this.#options
    const over = new AbortController()
    const either = AbortSignal.any([stop, over.signal])
    const ended = running.ended.then(() => over.abort())
    let unanswered = 0
    while (!either.aborted && !running.hasEnded) {
      await pause(askEveryMs, either)
      if (either.aborted) break
      unanswered = (await this.#answers(either)) ? 0 : unanswered + 1
      if (unanswered >= unansweredAtMost) running.kill()
    }
    if (!stop.aborted) await ended
  }

  async #waitUntilUp(launched: RegistryProcess, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && !launched.hasEnded) {
      if (await this.#answers(signal)) return true
      await pause(50, signal)
    }
    return false
  }

  #answers(signal: AbortSignal): Promise<boolean> {
    const { keys, port } = this.#options
    const { username, password } = keys.registry
    return new Promise((resolve) => {
      const asked = request(
        {
          // Its certificate names all addresses of the manager, this one too.
          host: '127.0.0.1',
          port,
          path: '/v2/',
          ca: keys.authorityPem,
          auth: `${username}:${password}`,
          signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
          agent: false,
        },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode === 200)
        },
      )
      asked.on('error', () => resolve(false))
      asked.end()
    })
  }

  /** What a killed manager may have left ends; anything else keeps its port. */
  async #freePort(signal: AbortSignal): Promise<void> {
    const { port } = this.#options
    const endsAtMs = performance.now() + leftOverLimitMs
    let holder = await findPortHolder(port)
    while (holder?.process?.argv.includes(this.#configFile)) {
      const isLate = performance.now() > endsAtMs
      endProcess(holder.process.pid, isLate ? 'SIGKILL' : 'SIGTERM')
      await pause(50, signal)
      signal.throwIfAborted()
      holder = await findPortHolder(port)
    }
    if (holder === undefined) return
    const { process: named } = holder
    const isRegistry = named?.argv[0]?.endsWith('docker-registry') === true
    throw new ShoalError('PORT_TAKEN', {
      action: 'start',
      object: 'the registry',
      place: 'this machine',
      reason: `${named === undefined ? 'something' : `process ${named.pid} (${named.argv.join(' ')})`} listens on port ${port}/tcp already`,
      nextStep: `${isRegistry ? 'systemctl disable --now docker-registry, where it is Debian’s own' : 'stop it'}, or give the registry another port with --registry-port`,
    })
  }
}

/** Whether it lets in this user with this password. */
async function isPasswordFile(file: string, { username, password }: RegistryCredentials): Promise<boolean> {
  const [user, hashed] = (await readIfAny(file)).trim().split(':')
  return user === username && hashed !== undefined && (await compare(password, hashed).catch(() => false))
}

/** Empty where it cannot be read. */
function readIfAny(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

function endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in between.
  }
}
