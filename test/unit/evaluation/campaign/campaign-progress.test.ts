import { describe, expect, it } from 'vitest'
import { CampaignProgress } from '../../../../evaluation/campaign/campaign-progress.ts'
import type { CellOutcome } from '../../../../evaluation/run/run.ts'
import type { Cell } from '../../../../evaluation/scenarios/scenario.ts'

const cell = (id: string) => ({ id }) as Cell
const done: CellOutcome = { id: '', state: 'done', startedAt: '', tookMs: 1, stage: 0 }
const at = (finished: number, failed: number, expectedMsLeft: number) => ({
  done: finished,
  failed,
  total: 9,
  expectedMsLeft,
})

function shown(isTerminal: boolean) {
  let nowMs = 0
  const written: string[] = []
  const progress = new CampaignProgress({ isTerminal, err: (text) => written.push(text) }, () => nowMs)
  return { progress, written, pass: (ms: number) => (nowMs += ms) }
}

describe('CampaignProgress', () => {
  it('tells of cells at most every ten seconds without a terminal, and of stages and failures at once', () => {
    const { progress, written, pass } = shown(false)
    progress.say('opens a stage')
    for (let index = 0; index < 9; index += 1) {
      progress.cellBegins(cell(`echo/${index}`), at(index, 0, 60_000 - 3000 * index))
      pass(3000)
      progress.cellEnds(cell(`echo/${index}`), done, at(index + 1, 0, 57_000 - 3000 * index))
    }
    progress.cellEnds(cell('echo/9'), { ...done, state: 'failed', reason: 'no answer' }, at(8, 1, 0))
    progress.stop()
    expect(written.join('').split('\n')).toEqual([
      '   0:00  opens a stage',
      '   0:00  0 of 9 done, about 1 min 0 s left: echo/0',
      '   0:12  4 of 9 done, about 48 s left: echo/4',
      '   0:24  8 of 9 done, about 36 s left: echo/8',
      '   0:27  failed: echo/9: no answer',
      '',
    ])
  })

  it('moves one line on a terminal, that counts what failed and is gone at the end', () => {
    const { progress, written, pass } = shown(true)
    progress.cellBegins(cell('echo/1'), at(2, 1, 40_000))
    expect(written.at(-1)).toBe('2 of 9 done, 1 failed, about 40 s left: echo/1\n')
    pass(3_700_000)
    progress.say('opens a stage')
    expect(written.join('')).toContain('\x1b[1A\x1b[J1:01:40  opens a stage\n')
    progress.stop()
    expect(written.at(-1)).toBe('\x1b[1A\x1b[J')
  })

  it('says that stopping takes a while, and shows no time left from then on', () => {
    const { progress, written } = shown(true)
    progress.cellBegins(cell('echo/1'), at(2, 0, 40_000))
    progress.stopping()
    progress.cellBegins(cell('echo/2'), at(3, 0, 30_000))
    progress.cellEnds(cell('echo/2'), done, at(4, 0, 20_000))
    progress.say('the stage was not ended: it clings')
    progress.stop()
    expect(written.slice(1).join('')).toBe(
      '\x1b[1A\x1b[J   0:00  stopping: ends what was started; a second Ctrl-C would leave that behind\n   0:00  the stage was not ended: it clings\n',
    )
  })
})
