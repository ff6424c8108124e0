// Attributes of a device in sysfs: small files, whose reading is the measuring and may take its time, or fail as a device does.
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeviceError, type DeviceTrouble } from '../device-error.ts'

/** An attribute is there or not: it is never created. */
const existing = constants.O_WRONLY | constants.O_TRUNC

/** A single-wire sensor is measured while its file is read: the kernel gives a DHT11 a second, a DS18B20 750 ms. */
const deadlineMs = 3000

const troubles: Readonly<Record<string, DeviceTrouble>> = Object.freeze({
  EBUSY: 'busy',
  EAGAIN: 'busy',
  ENOENT: 'gone',
  ENODEV: 'gone',
  ENXIO: 'gone',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  // dht11 of the kernel: a checksum or a pulse that does not fit; no answer at all.
  EIO: 'checksum',
  EBADMSG: 'checksum',
  ETIMEDOUT: 'timeout',
})

export class SysfsFolder {
  readonly #path: string
  /** A read that has not ended cannot be called off, and keeps a thread: there is one at the most. */
  #hanging: Promise<unknown> | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** The names of its attributes. Rejects with `DeviceError`. */
  async names(): Promise<readonly string[]> {
    return await this.#bounded('.', readdir(this.#path))
  }

  /** Without the line break at its end. Rejects with `DeviceError`. */
  async text(name: string): Promise<string> {
    if (this.#hanging !== undefined) throw this.#timeout(name)
    return (await this.#bounded(name, readFile(join(this.#path, name), 'utf8'))).trim()
  }

  /** A decimal number. Rejects with `DeviceError`. */
  async number(name: string): Promise<number> {
    const text = await this.text(name)
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text)
    throw new DeviceError('failed', `${name} says '${text.slice(0, 24)}', which is no number`)
  }

  /** Rejects with `DeviceError`. */
  async write(name: string, value: number): Promise<void> {
    await this.#bounded(name, writeFile(join(this.#path, name), String(value), { flag: existing }))
  }

  /** For a process that is about to end; what fails is of no use any more. */
  writeAtOnce(name: string, value: number): void {
    try {
      const file = openSync(join(this.#path, name), existing)
      writeSync(file, String(value))
      closeSync(file)
    } catch {
      // The device is gone, and at rest.
    }
  }

  async #bounded<Value>(name: string, work: Promise<Value>): Promise<Value> {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#hanging = work
          .catch(() => {})
          .finally(() => {
            this.#hanging = undefined
          })
        reject(this.#timeout(name))
      }, deadlineMs)
    })
    try {
      return await Promise.race([work, deadline])
    } catch (error) {
      throw error instanceof DeviceError ? error : this.#failure(name, error as NodeJS.ErrnoException)
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(name: string, error: NodeJS.ErrnoException): DeviceError {
    const trouble = troubles[error.code ?? ''] ?? 'failed'
    return new DeviceError(trouble, `${join(this.#path, name)}: ${error.code ?? error.message}`, error)
  }

  #timeout(name: string): DeviceError {
    return new DeviceError('timeout', `${join(this.#path, name)} does not answer in ${deadlineMs} ms`)
  }
}
