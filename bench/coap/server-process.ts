// The servers of this bench, each a process of its own.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { allPaths } from './workload.ts'

export const serverKinds = ['shoal', 'sketch', 'libcoap', 'node-coap'] as const
export type ServerKind = (typeof serverKinds)[number]

const startDeadlineMs = 10_000

export class ServerProcess {
  readonly kind: ServerKind
  readonly port: number
  readonly #child: ChildProcess

  constructor(kind: ServerKind, port: number, child: ChildProcess) {
    this.kind = kind
    this.port = port
    this.#child = child
  }

  /** Microseconds of processor time of all its threads that live, user and system (proc(5), schedstat). */
  cpuUs(): number {
    const threads = `/proc/${this.#child.pid}/task`
    const nanoseconds = readdirSync(threads).map((id) =>
      Number.parseInt(readFileSync(`${threads}/${id}/schedstat`, 'utf8'), 10),
    )
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1_000
  }

  residentMiB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Starts one and waits until it answers. */
export async function startServer(kind: ServerKind, signal: AbortSignal): Promise<ServerProcess> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(startDeadlineMs)])
  const server = kind === 'libcoap' ? await spawnLibcoap() : await forkOurs(kind, within)
  try {
    await untilAnswers(server.port, within)
    return server
  } catch (error) {
    server.stop()
    throw error
  }
}

async function forkOurs(kind: Exclude<ServerKind, 'libcoap'>, signal: AbortSignal): Promise<ServerProcess> {
  const child = fork(new URL('serve.ts', import.meta.url), [kind])
  try {
    const [{ port }] = await once(child, 'message', { signal })
    return new ServerProcess(kind, port, child)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** With `-d` it makes a resource of every path that is PUT, and keeps the body as the store of the others does. */
async function spawnLibcoap(): Promise<ServerProcess> {
  const port = await findFreePort()
  const words = ['-A', '127.0.0.1', '-p', String(port), '-d', String(allPaths().length)]
  const child = spawn('coap-server-notls', words, { stdio: 'ignore' })
  await once(child, 'spawn')
  return new ServerProcess('libcoap', port, child)
}

async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  const { port } = socket.address()
  await new Promise<void>((closed) => socket.close(() => closed()))
  return port
}

/** Asks for nothing at all, GET /, until some answer comes; node-coap leaves pings unanswered. */
async function untilAnswers(port: number, signal: AbortSignal): Promise<void> {
  const socket = createSocket('udp4')
  let hasAnswered = false
  socket.once('message', () => {
    hasAnswered = true
  })
  try {
    for (let id = 0; !hasAnswered; id++) {
      socket.send(Buffer.from([0x41, 1, id >> 8, id & 255, 1]), port, '127.0.0.1')
      await delay(10, undefined, { signal })
    }
  } finally {
    socket.close()
  }
}
