// The private registry of the manager: Debian's `docker-registry` as a child that is watched, and started again when it dies.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { writeWhole } from '../../worker/write-whole.ts'
import type { KeyFolder } from '../keys/key-folder.ts'
import { renderRegistryConfig } from './registry-config.ts'

/**
 * Distribution checks the password at every request. It is 192 random bits: nobody guesses it whatever the cost, and the least that bcrypt
 * knows keeps a small board quick.
 */
const passwordCost = 4

const startLimitMs = 20_000
const stopLimitMs = 5000
const firstRestartMs = 250
const longestRestartMs = 15_000
const lastLines = 20

export interface RegistryOptions {
  readonly keys: Pick<KeyFolder, 'folder' | 'authorityPem' | 'registry'>
  /** At which nodes reach it. */
  readonly address: string
  readonly port: number
  /** Told when it dies, and when it answers again. */
  readonly onChange?: (state: 'up' | 'down', reason: string) => void
}

export class Registry {
  /** `10.77.0.1:5000` */
  readonly authority: string
  readonly authorityPem: string
  readonly auth: RegistryAuth
  readonly #options: RegistryOptions
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  #child: ChildProcess | undefined
  #isUp = false
  #log: string[] = []

  constructor(options: RegistryOptions) {
    this.#options = options
    const { address, port, keys } = options
    this.authority = `${address.includes(':') ? `[${address}]` : address}:${port}`
    this.authorityPem = keys.authorityPem
    this.auth = { ...keys.registry, serveraddress: this.authority }
  }

  get state(): 'up' | 'down' {
    return this.#isUp ? 'up' : 'down'
  }

  /** Resolves when it answers. Throws ShoalError REGISTRY_MISSING, PORT_TAKEN, REGISTRY_DOWN. */
  async start(signal: AbortSignal): Promise<void> {
    const { keys, port } = this.#options
    await this.#refuseTakenPort()
    const folder = join(keys.folder, 'registry')
    const images = join(folder, 'images')
    await mkdir(images, { recursive: true, mode: 0o700 })
    const passwordFile = join(folder, 'htpasswd')
    const configFile = join(folder, 'config.yml')
    const { username, password } = keys.registry
    await writeWhole(passwordFile, `${username}:${await hash(password, passwordCost)}\n`, 0o600)
    const config = renderRegistryConfig({
      folder: images,
      port,
      certificateFile: join(keys.folder, 'server.cert.pem'),
      keyFile: join(keys.folder, 'server.key.pem'),
      passwordFile,
      secret: randomBytes(24).toString('base64url'),
    })
    await writeWhole(configFile, config, 0o600)
    const stop = new AbortController()
    const whole = AbortSignal.any([signal, stop.signal])
    this.#launch(configFile)
    this.#running = { stop, ended: this.#watch(configFile, whole) }
    if (await this.#waitUntilUp(AbortSignal.any([whole, AbortSignal.timeout(startLimitMs)]))) {
      this.#isUp = true
      return
    }
    await this.stop()
    signal.throwIfAborted()
    throw new ShoalError('REGISTRY_DOWN', {
      action: 'start',
      object: 'the registry',
      place: this.authority,
      reason: this.#log.at(-1) ?? `no answer within ${startLimitMs / 1000} s`,
      nextStep: `see whether \`docker-registry serve ${configFile}\` says more`,
    })
  }

  /** Ends the child, at the latest after some seconds. */
  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    this.#isUp = false
    running?.stop.abort()
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(timer)
    }
    await running?.ended
  }

  /** Dies with the manager, a kill -9 of it included: `setpriv --pdeathsig` tells the kernel. */
  #launch(configFile: string): void {
    this.#log = []
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'docker-registry', 'serve', configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', OTEL_TRACES_EXPORTER: 'none' },
    })
    child.on('error', (error) => this.#log.push(error.message))
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        this.#log.push(...text.split('\n').filter((line) => line !== ''))
        this.#log.splice(0, this.#log.length - lastLines)
      })
    }
    this.#child = child
  }

  /** Starts it again when it dies, ever more slowly while it keeps dying. */
  async #watch(configFile: string, stop: AbortSignal): Promise<void> {
    let waitMs = firstRestartMs
    while (!stop.aborted) {
      const child = this.#child
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        try {
          await once(child, 'exit', { signal: stop })
        } catch {
          return
        }
      }
      if (stop.aborted) return
      const wasUp = this.#isUp
      this.#isUp = false
      if (wasUp) {
        waitMs = firstRestartMs
        this.#options.onChange?.('down', this.#log.at(-1) ?? 'its process ended')
      }
      await pause(waitMs, stop)
      if (stop.aborted) return
      waitMs = Math.min(waitMs * 2, longestRestartMs)
      this.#launch(configFile)
      if (await this.#waitUntilUp(AbortSignal.any([stop, AbortSignal.timeout(startLimitMs)]))) {
        this.#isUp = true
        this.#options.onChange?.('up', 'it answers')
      }
    }
  }

  async #waitUntilUp(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const child = this.#child
      if (child !== undefined && (child.exitCode !== null || child.signalCode !== null)) return false
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
          host: '127.0.0.1',
          port,
          path: '/v2/',
          ca: keys.authorityPem,
          // Its certificate names the addresses of the manager, 127.0.0.1 among them.
          auth: `${username}:${password}`,
          signal,
          timeout: 2000,
          agent: false,
        },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode === 200)
        },
      )
      asked.on('timeout', () => asked.destroy())
      asked.on('error', () => resolve(false))
      asked.end()
    })
  }

  async #refuseTakenPort(): Promise<void> {
    const { port } = this.#options
    const isTaken = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.setTimeout(1000, () => socket.destroy())
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
    })
    if (!isTaken) return
    throw new ShoalError('PORT_TAKEN', {
      action: 'start',
      object: 'the registry',
      place: 'this machine',
      reason: `something listens on port ${port}/tcp already`,
      nextStep: `stop it (ss -ltnp 'sport = :${port}' names it), or give the registry another port with --registry-port`,
    })
  }
}
