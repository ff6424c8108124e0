import { describe, expect, it } from 'vitest'
import { Progress } from '../../../src/cli/progress.ts'

/** A terminal, or none, with a clock that is set by hand. */
function aProgress({ isTerminal, columns = 120 }: { isTerminal: boolean; columns?: number }) {
  const screen = { text: '', nowMs: 0 }
  const io = {
    isTerminal,
    err: (text: string) => {
      screen.text += text
    },
  }
  return {
    screen,
    progress: new Progress(
      io,
      () => screen.nowMs,
      () => columns,
    ),
  }
}

/** What stands on the terminal after all that was written: lines up, and clear to the end of the screen. */
function seen(text: string): string[] {
  const lines = ['']
  for (const piece of text.split(new RegExp(`(${String.fromCharCode(27)}\\[\\d*[AJ])`))) {
    const up = new RegExp(`^${String.fromCharCode(27)}\\[(\\d+)A$`).exec(piece)
    if (up !== null) lines.splice(lines.length - 1 - Number(up[1]), Number(up[1]) + 1, '')
    else if (!piece.startsWith(String.fromCharCode(27))) {
      for (const [index, part] of piece.split('\n').entries()) {
        if (index > 0) lines.push('')
        lines[lines.length - 1] += part
      }
    }
  }
  return lines.filter((line) => line !== '')
}

const half = { doneBytes: 21_000_000, totalBytes: 42_000_000 }

describe('progress without a terminal', () => {
  it('is one line a step, however often the step is shown', () => {
    const { screen, progress } = aProgress({ isTerminal: false })
    progress.show('a', 'worker1: sends compute', { doneBytes: 0, totalBytes: 42_000_000 })
    progress.show('a', 'worker1: sends compute', half)
    progress.show('a', 'worker1: starts compute')
    progress.end('a')
    progress.clear()
    expect(screen.text).toBe('worker1: sends compute (42.0 MB)\nworker1: starts compute\n')
  })
})

describe('progress on a terminal', () => {
  it('draws a bar with percent, amount and speed', () => {
    const { screen, progress } = aProgress({ isTerminal: true })
    progress.show('a', 'worker1: sends compute', { doneBytes: 0, totalBytes: 42_000_000 })
    screen.nowMs = 2000
    progress.show('a', 'worker1: sends compute', half)
    expect(seen(screen.text)).toEqual([
      'worker1: sends compute [############............]  50 %  21.0 of 42.0 MB  10.5 MB/s',
    ])
  })

  it('has a line for each thing under way, and takes it away when that ends', () => {
    const { screen, progress } = aProgress({ isTerminal: true })
    progress.show('a', 'worker1: connects')
    progress.show('b', 'worker2: connects')
    expect(seen(screen.text)).toEqual(['worker1: connects', 'worker2: connects'])
    progress.end('a')
    expect(seen(screen.text)).toEqual(['worker2: connects'])
    progress.clear()
    expect(seen(screen.text)).toEqual([])
  })

  it('leaves what is said standing above', () => {
    const { screen, progress } = aProgress({ isTerminal: true })
    progress.show('a', 'worker1: connects')
    progress.say('warning: old')
    expect(seen(screen.text)).toEqual(['warning: old', 'worker1: connects'])
  })

  it('cuts a line that would wrap, for a wrapped line could not be taken back', () => {
    const { screen, progress } = aProgress({ isTerminal: true, columns: 20 })
    progress.show('a', 'worker1: sends shoal/compute:0.1.0')
    expect(seen(screen.text)).toEqual(['worker1: sends shoa'])
  })

  it('does not draw more often than anybody can see', () => {
    const { screen, progress } = aProgress({ isTerminal: true })
    for (let doneBytes = 0; doneBytes < 1000; doneBytes++)
      progress.show('a', 'sends', { doneBytes, totalBytes: 1000 })
    expect(screen.text.split('\n').length).toBeLessThan(5)
    progress.show('a', 'sends', { doneBytes: 1000, totalBytes: 1000 })
    expect(seen(screen.text)[0]).toContain('100 %')
  })
})
