// A board in this process, its folder, and the clients that a test lets connect: all of it ends with the test.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { Board } from '../../../src/board/board.ts'
import type { Edge } from '../../../src/board/edge.ts'
import { parseScript } from '../../../src/board/script/parse-script.ts'
import { AClient } from './a-client.ts'

export const ok = { ok: true }
export const error = (code: string) =>
  expect.objectContaining({ ok: false, error: code, text: expect.any(String) })

export class BoardTest {
  root = ''
  edges: Edge[] = []
  readonly #boards: Board[] = []
  readonly #clients: AClient[] = []

  constructor() {
    beforeEach(() => {
      this.root = mkdtempSync(join(tmpdir(), 'shoal-board-'))
      this.edges = []
    })
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) client.close()
      for (const board of this.#boards.splice(0)) await board.stop()
      expect(readdirSync(this.root)).toEqual([])
      rmSync(this.root, { recursive: true })
    })
  }

  /** A board `b` with these devices, as lines of its script. */
  async run(devices: string, more = ''): Promise<Board> {
    const script = parseScript(`board: b\n${more}\ndevices:\n${devices}`, 'test')
    const record = (line: string) => void this.edges.push(JSON.parse(line) as Edge)
    const board = new Board({ script, root: this.root, record })
    await board.start()
    this.#boards.push(board)
    return board
  }

  socketOf(device: string): string {
    return join(this.root, 'b', device, 'socket')
  }

  async connectTo(path: string): Promise<AClient> {
    const client = await AClient.to(path)
    this.#clients.push(client)
    return client
  }

  async open(device: string, as: string): Promise<AClient> {
    const client = await this.connectTo(this.socketOf(device))
    expect(await client.ask({ op: 'open', as })).toMatchObject(ok)
    return client
  }

  control(): Promise<AClient> {
    return this.connectTo(join(this.root, 'b', 'control'))
  }

  /** The edges as device, cause and value. */
  told(): readonly unknown[] {
    return this.edges.map(({ device, cause, value }) => [device, cause, value])
  }
}
