// A board with one device on a real Unix socket, as `shoal board` speaks there: a connection that opens the device holds it.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallBoard {
  readonly socket: string
  /** Every change of the actuator: 0, 1, or the frequency of its tone. */
  readonly edges: number[]
  /** What a reading answers. */
  readings: unknown
  /** Set: what a reading is refused with. Null: a reading is never answered. */
  failure: { readonly error: string; readonly text: string } | null | undefined
  readonly isHeld: () => boolean
  /** Of a digital line: its level from now on. */
  setLevel(value: 0 | 1): void
  /** Takes the device away from whoever holds it, and the socket with it. */
  unplug(): Promise<void>
  replug(): Promise<void>
  /** Says anything to whoever holds the device. */
  say(text: string): void
  stop(): Promise<void>
}

export async function startSmallBoard(kind: string): Promise<SmallBoard> {
  const folder = await mkdtemp(join(tmpdir(), 'sensing-board-'))
  const socket = join(folder, 'socket')
  let holder: Socket | undefined
  let watching = false
  let output = 0
  const connections = new Set<Socket>()

  const drive = (value: number) => {
    if (value !== output) board.edges.push(value)
    output = value
  }
  const answer = (from: Socket, request: Record<string, unknown>): object | undefined => {
    if (request.op === 'open') {
      if (holder !== undefined)
        return { ok: false, error: 'busy', text: `${kind} is held by another connection` }
      holder = from
      return { ok: true, kind }
    }
    if (holder !== from) return { ok: false, error: 'not-open', text: 'open it first' }
    if (request.op === 'write') drive(request.value as number)
    if (request.op === 'pwm') drive(request.duty === 0 ? 0 : (request.frequencyHz as number))
    if (request.op === 'watch') watching = true
    if (request.op !== 'read') return { ok: true }
    if (board.failure === null) return undefined
    return board.failure === undefined
      ? { ok: true, readings: board.readings }
      : { ok: false, ...board.failure }
  }
  const server = createServer((connection) => {
    connections.add(connection)
    let buffered = ''
    connection.on('error', () => {})
    connection.on('data', (bytes) => {
      buffered += bytes
      const lines = buffered.split('\n')
      buffered = lines.pop() ?? ''
      for (const line of lines) {
        const said = answer(connection, JSON.parse(line))
        if (said !== undefined) connection.write(`${JSON.stringify(said)}\n`)
      }
    })
    connection.on('close', () => {
      connections.delete(connection)
      if (holder !== connection) return
      holder = undefined
      watching = false
      drive(0)
    })
  })
  const listen = () => new Promise<void>((resolve) => server.listen(socket, resolve))
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const connection of connections) connection.destroy()
    await closed
  }
  const board: SmallBoard = {
    socket,
    edges: [],
    readings: [{ name: 'level', value: 0 }],
    failure: undefined,
    isHeld: () => holder !== undefined,
    setLevel: (value) => {
      board.readings = [{ name: 'level', value }]
      if (watching) holder?.write(`${JSON.stringify({ event: 'edge', value, atMs: Date.now() })}\n`)
    },
    unplug: close,
    replug: listen,
    say: (text) => void holder?.write(text),
    stop: async () => {
      if (server.listening) await close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await listen()
  return board
}
