// A board is a machine of its own: another architecture, another kernel, its own Engine, on the lab's network.
import { beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../lab/enter.ts'
import type { Lab, LabHost } from '../../lab/lab.ts'
import { must, openBoardLab } from './board-lab.ts'

let lab: Lab
let board: LabHost

beforeAll(async () => {
  lab = await openBoardLab()
  board = lab.host('board')
})

describe('a board', () => {
  it('is reached by its name, with the keys of the lab, from the other hosts', async () => {
    const words = await must(lab.host('manager'), ['ssh', 'board', 'uname', '-nm'])
    expect(words).toBe('board aarch64\n')
  })

  it('has cgroups of version 2 alone, and a clock that is right', async () => {
    const words = await must(board, ['sh', '-c', 'stat -fc %T /sys/fs/cgroup; date +%s'])
    const [kind, seconds] = words.trim().split('\n')
    expect(kind).toBe('cgroup2fs')
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(15)
  })

  it('has an Engine of its own for its architecture, of the version that real ones have', async () => {
    const format = '{{.Server.Version}} {{.Server.Arch}}'
    expect(await must(board, ['docker', 'version', '--format', format])).toMatch(/^20\.10\.\S+ arm64$/m)
  })

  it('runs this checkout with Node for its architecture', async () => {
    const program = 'console.log(process.arch, process.version)'
    expect(board.sees(checkout)).toBe(true)
    expect(await must(board, ['node', '-e', program])).toBe(`arm64 ${process.version}\n`)
    expect(await must(board, ['shoal', '--version'])).toMatch(/^\d+\.\d+\.\d+$/m)
  })

  it('hands exit codes, input and signals on', async () => {
    const { exitCode, stdout } = await board.exec(['sh', '-c', 'cat; exit 7'], { input: 'to the board' })
    expect([exitCode, stdout]).toEqual([7, 'to the board'])
    const child = board.spawn([
      'sh',
      '-c',
      'trap "echo told; exit 3" TERM; echo here; while :; do sleep 0.2; done',
    ])
    const said: string[] = []
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.push(text)
      if (text.includes('here')) child.kill('SIGTERM')
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, said.join('')]).toEqual([3, 'here\ntold\n'])
  })

  it('has a camera that gives pictures', async () => {
    const find = 'while [ ! -e /run/devices-found ]; do sleep 1; done; ls /dev/v4l/by-path'
    expect(await must(board, ['sh', '-c', find])).toContain('vivid')
    const format = ['--set-fmt-video=width=320,height=180,pixelformat=YUYV']
    const stream = ['--stream-mmap', '--stream-count=2', '--stream-to=/tmp/frames']
    await must(board, ['v4l2-ctl', '-d', '/dev/video0', ...format, ...stream])
    expect(await must(board, ['stat', '-c', '%s', '/tmp/frames'])).toBe(`${320 * 180 * 2 * 2}\n`)
  })
})
