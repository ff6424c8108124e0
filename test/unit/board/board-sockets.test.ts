import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Board } from '../../../src/board/board.ts'
import { parseScript } from '../../../src/board/script/parse-script.ts'
import { BoardTest, ok } from './board-test.ts'

const board = new BoardTest()

describe('the sockets of a board', () => {
  it('are one folder a device, open to every user, and go with the board', async () => {
    const running = await board.run('  pointer: {kind: laser}\n  flame: {kind: flame}')
    expect(readdirSync(join(board.root, 'b')).sort()).toEqual(['control', 'flame', 'pointer'])
    expect(readdirSync(join(board.root, 'b', 'flame'))).toEqual(['socket'])
    expect(statSync(board.socketOf('flame')).mode & 0o777).toBe(0o666)
    expect(statSync(join(board.root, 'b', 'flame')).mode & 0o777).toBe(0o755)
    expect(statSync(join(board.root, 'b', 'control')).mode & 0o777).toBe(0o600)
    await running.stop()
    expect(readdirSync(board.root)).toEqual([])
  })

  it('leave alone what somebody else has put there', async () => {
    const running = await board.run('  pointer: {kind: laser}')
    const note = join(board.root, 'b', 'pointer', 'note')
    writeFileSync(note, '')
    await running.stop()
    expect(existsSync(note)).toBe(true)
    rmSync(join(board.root, 'b'), { recursive: true })
  })

  it('refuse a second board of the name, and the first goes on', async () => {
    await board.run('  pointer: {kind: laser}')
    await expect(board.run('  pointer: {kind: laser}')).rejects.toMatchObject({ code: 'BOARD_RUNS' })
    const client = await board.open('pointer', 'output')
    expect(await client.ask({ op: 'write', value: 1 })).toEqual(ok)
    expect(readdirSync(join(board.root, 'b')).sort()).toEqual(['control', 'pointer'])
  })

  it('let one board have a name of several that start at once', async () => {
    const starts = await Promise.allSettled(
      Array.from({ length: 8 }, () => board.run('  pointer: {kind: laser}')),
    )
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const start of starts) {
      if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'BOARD_RUNS' })
    }
    await board.open('pointer', 'output')
  })

  it('say so where the path would be too long for the kernel, or the folder cannot be made', async () => {
    const script = parseScript('board: b\ndevices: {pointer: {kind: laser}}', 'test')
    const start = (folder: string) => new Board({ script, root: folder, record: () => {} }).start()
    await expect(start(join(board.root, 'x'.repeat(100)))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      reason: expect.stringMatching(/the kernel takes 107/),
    })
    writeFileSync(join(board.root, 'file'), '')
    await expect(start(join(board.root, 'file'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    rmSync(join(board.root, 'file'))
    // A folder where the socket of a device should be.
    mkdirSync(join(board.root, 'b', 'pointer', 'socket'), { recursive: true })
    await expect(start(board.root)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    rmSync(join(board.root, 'b'), { recursive: true })
  })
})
