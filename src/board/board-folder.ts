// The folder of a board: whose it is, and what a killed board has left there. One board a name: who has the control socket has the board.
import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'

/** `sun_path` of unix(7) has 108 bytes, the last of them 0. */
const longestSocketPath = 107
/** A live board accepts at once: the kernel does it. */
const connectDeadlineMs = 2000
const mostTries = 5
/** Begins the name of a socket that is not yet, or no more, the control socket. */
const beside = '.control.'

export class BoardFolder {
  readonly path: string
  readonly #name: string

  constructor(root: string, name: string) {
    this.path = join(root, name)
    this.#name = name
  }

  get controlSocket(): string {
    return join(this.path, 'control')
  }

  /** A path in the folder for a socket that is to take the place of the control socket; another one each time. */
  get newSocket(): string {
    return join(this.path, `${beside}${randomBytes(4).toString('hex')}`)
  }

  deviceFolder(device: string): string {
    return join(this.path, device)
  }

  /** @throws ShoalError FILE_UNWRITABLE, also where the path of a socket would be too long */
  make(devices: readonly string[]): void {
    const sockets = [this.newSocket, ...devices.map((device) => join(this.deviceFolder(device), '.socket'))]
    const longest = Math.max(...sockets.map((path) => Buffer.byteLength(path)))
    if (longest > longestSocketPath) {
      throw this.#unwritable(
        `a socket there would have a path of ${longest} bytes, and the kernel takes ${longestSocketPath}`,
      )
    }
    try {
      mkdirSync(this.path, { recursive: true })
      chmodSync(this.path, 0o755)
    } catch (error) {
      throw this.asShoalError(error)
    }
  }

  /** What the file system refused, in the user's words. */
  asShoalError(error: unknown): ShoalError {
    if (error instanceof ShoalError) return error
    return this.#unwritable(error instanceof Error ? error.message : String(error), error)
  }

  /**
   * Puts a listening socket in the place of the control socket, unless a live board is there.
   * @param own path of a socket that listens already
   * @throws ShoalError BOARD_RUNS
   */
  async take(own: string): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      try {
        linkSync(own, this.controlSocket)
        rmSync(own)
        return
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // The winner has cleared away what was beside its socket.
        if (code === 'ENOENT') throw this.#runs()
        if (code !== 'EEXIST') throw error
      }
      await this.#moveDeadAside()
    }
    throw this.#runs()
  }

  /** What a killed board has left: folders of devices that this one does not have, sockets beside the control socket. */
  removeOthers(devices: readonly string[]): void {
    for (const entry of readdirSync(this.path, { withFileTypes: true })) {
      if (entry.name.startsWith(beside)) rmSync(join(this.path, entry.name), { force: true })
      if (!entry.isDirectory() || devices.includes(entry.name)) continue
      removeDeviceFolder(join(this.path, entry.name))
    }
  }

  /** Call it while the control socket still listens: a dead one is anybody's to take. */
  removeControl(): void {
    rmSync(this.controlSocket, { force: true })
  }

  remove(): void {
    removeEmptyFolder(this.path)
  }

  /** By renaming, which one process alone can do to one socket: two that start at once do not both take the place. */
  async #moveDeadAside(): Promise<void> {
    if (await isListening(this.controlSocket)) throw this.#runs()
    const aside = this.newSocket
    try {
      renameSync(this.controlSocket, aside)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    const isAlive = await isListening(aside)
    try {
      // Another one has taken the place since the first look: it gets it back.
      if (isAlive) linkSync(aside, this.controlSocket)
    } finally {
      rmSync(aside, { force: true })
    }
  }

  #runs(): ShoalError {
    return new ShoalError('BOARD_RUNS', {
      action: 'run',
      object: `the board ${this.#name}`,
      place: this.path,
      reason: 'a board of that name runs there already',
      nextStep: `shoal board status ${this.#name} shows it; name another folder with --folder, or end that one`,
    })
  }

  #unwritable(reason: string, cause?: unknown): ShoalError {
    return new ShoalError('FILE_UNWRITABLE', {
      action: 'make',
      object: `the folder of the board ${this.#name}`,
      place: this.path,
      reason,
      nextStep: 'name another folder with --folder',
      cause,
    })
  }
}

/** Removes nothing but what a board makes. */
export function removeDeviceFolder(folder: string): void {
  for (const socket of ['socket', '.socket']) rmSync(join(folder, socket), { force: true })
  removeEmptyFolder(folder)
}

function removeEmptyFolder(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Gone already, or somebody put something there, which is not the board's to remove.
  }
}

export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    // A queue that is full belongs to somebody who lives.
    const timer = setTimeout(() => end(true), connectDeadlineMs)
    socket.once('connect', () => end(true))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'EAGAIN'))
    function end(isAlive: boolean): void {
      clearTimeout(timer)
      socket.destroy()
      resolve(isAlive)
    }
  })
}
