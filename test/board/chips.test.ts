// A board's lines, seen from both ends: the kernel's real GPIO interface within, the wires outside.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineNumber } from '../../lab/board/lines.ts'
import type { Edge, Qtest } from '../../lab/board/qtest.ts'
import type { LabHost } from '../../lab/lab.ts'
import { until } from '../until.ts'
import { must, openBoardLab } from './board-lab.ts'

let board: LabHost
let lines: Qtest

beforeAll(async () => {
  board = (await openBoardLab()).host('board')
  lines = await board.openLines()
})
afterAll(() => lines?.close())

describe('the lines of a board', () => {
  it('have the names of what is wired to them', async () => {
    const { stdout } = await board.exec(['gpiofind', 'flame'])
    expect(stdout).toBe(`gpiochip0 ${lineNumber('flame')}\n`)
  })

  it('show outside what the board sets', async () => {
    const laser = lineNumber('laser')
    const edges: Edge[] = []
    const stop = lines.onEdge((edge) => edges.push(edge))
    const before = Date.now()
    await must(board, ['gpioset', 'gpiochip0', `${laser}=1`])
    await until('the line rises', () => edges.length === 1)
    expect([await lines.level(laser), await lines.isOutput(laser)]).toEqual([1, true])
    await must(board, ['gpioset', 'gpiochip0', `${laser}=0`])
    await until('the line falls', () => edges.length === 2)
    stop()
    expect(edges.map(({ line, level }) => [line, level])).toEqual([
      [laser, 1],
      [laser, 0],
    ])
    const [first, second] = edges.map(({ atMs }) => atMs)
    expect(first).toBeGreaterThanOrEqual(before)
    expect(second).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY)
  })

  it('bring what is driven outside to the board, as edges with their times', async () => {
    const flame = lineNumber('flame')
    await lines.drive(flame, 0)
    const watch = ['gpiomon', '--num-events=3', '--format=%e', 'gpiochip0', String(flame)]
    const child = board.spawn(['stdbuf', '-oL', ...watch])
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    const held = 'until gpioinfo gpiochip0 | grep -q gpiomon; do sleep 0.3; done'
    await must(board, ['sh', '-c', held])
    const seen = () => said.split('\n').length - 1
    // The chip keeps one change a line until the board has looked.
    for (const [index, level] of ([1, 0, 1] as const).entries()) {
      await lines.drive(flame, level)
      await until(`the board sees change ${index + 1}`, () => seen() > index, 30_000)
    }
    await ended
    await lines.drive(flame, 0)
    // 1: rising, 0: falling.
    expect(said.trim().split('\n')).toEqual(['1', '0', '1'])
  })

  it('have a sensor that is broken: the kernel drives it, every read of it times out', async () => {
    const find =
      'while [ ! -e /run/devices-found ]; do sleep 1; done; cat /sys/bus/iio/devices/iio:device0/name'
    expect(await must(board, ['sh', '-c', find])).toBe('dht11\n')
    const read = ['cat', '/sys/bus/iio/devices/iio:device0/in_humidityrelative_input']
    const { exitCode, stdout, stderr } = await board.exec(read)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Connection timed out')
  })
})
