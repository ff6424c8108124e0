import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readRun } from '../../../../evaluation/run/read-run.ts'
import type { Run } from '../../../../evaluation/run/run.ts'
import { type RunOptions, runCampaign } from '../../../../evaluation/run/run-campaign.ts'
import { RunFolder } from '../../../../evaluation/run/run-folder.ts'
import type { RunProgress } from '../../../../evaluation/run/run-watcher.ts'
import type { Scenario } from '../../../../evaluation/scenarios/scenario.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { until } from '../../../until.ts'
import { aFolder } from './a-folder.ts'
import { aCampaign, aCell, aNeed, aScenario, SmallStages, someFacts } from './small-parts.ts'

const numbers = [1, 2, 3, 4]

function cellsOf(scenario = 'small', need = aNeed()) {
  return numbers.map((repetition) => {
    const id = `${scenario}/${need.link}/${repetition}`
    return aCell({ id, scenario, need, repetition })
  })
}

interface Ran {
  readonly run: Run
  readonly lines: readonly string[]
  readonly progress: readonly RunProgress[]
  readonly stages: SmallStages
  readonly error: unknown
}

/** One command on a folder: the first makes it, the next ones go on in it. */
async function runIn(
  path: string,
  scenarios: readonly Scenario[],
  options: Partial<RunOptions> & { readonly stages?: SmallStages } = {},
  goesOn = false,
): Promise<Ran> {
  const campaign = aCampaign(...scenarios)
  const folder = goesOn ? RunFolder.resume(path, someFacts()) : RunFolder.create(path, someFacts(), campaign)
  const lines: string[] = []
  const progress: RunProgress[] = []
  const { stages = new SmallStages() } = options
  const watcher: RunOptions['watcher'] = {
    say: (line) => lines.push(line),
    cellBegins: (cell, at) => {
      lines.push(`begins ${cell.id}`)
      progress.push(at)
    },
    cellEnds: (cell, { state }, at) => {
      lines.push(`${state} ${cell.id}`)
      progress.push(at)
    },
  }
  let error: unknown
  try {
    await runCampaign({
      campaign,
      folder,
      watcher,
      signal: new AbortController().signal,
      now: () => performance.now(),
      wallMs: () => Date.now(),
      ...options,
      stages,
    })
  } catch (caught) {
    error = caught
  } finally {
    folder.close()
  }
  return { run: readRun(path, scenarios), lines, progress, stages, error }
}

function newRun(
  scenarios: readonly Scenario[],
  options: Partial<RunOptions> & { readonly stages?: SmallStages } = {},
) {
  return runIn(join(aFolder(), 'run'), scenarios, options)
}

function states({ cells }: Run): Readonly<Record<string, string>> {
  return Object.fromEntries(cells.map(({ cell, outcome }) => [cell.id, outcome?.state ?? 'not run']))
}

function reasons({ cells }: Run): readonly string[] {
  return cells.flatMap(({ outcome }) => (outcome?.reason === undefined ? [] : [outcome.reason]))
}

describe('a campaign that runs', () => {
  it('runs every cell once and stamps its records by the monotonic clock', async () => {
    let nowMs = 1000
    const scenario = aScenario({
      cells: cellsOf(),
      run: async (_cell, { emit }) => {
        nowMs += 250
        emit({ type: 'value', value: 1, elapsed_ms: 'not its own' })
        nowMs += 250
      },
    })
    const { run } = await newRun([scenario], { now: () => nowMs })
    expect(states(run)).toEqual(Object.fromEntries(cellsOf().map(({ id }) => [id, 'done'])))
    for (const { cell, outcome } of run.cells) {
      expect(run.records(cell)).toEqual([{ type: 'value', value: 1, elapsed_ms: 250 }])
      expect(outcome?.tookMs).toBe(500)
    }
  })

  it('begins a raw file with its cell, its seed and its stage; seeds differ, and are the same in the next run', async () => {
    const seeds: number[] = []
    const scenario = aScenario({ cells: cellsOf(), run: async (_cell, { seed }) => void seeds.push(seed) })
    const { run } = await newRun([scenario])
    await newRun([scenario])
    expect(new Set(seeds.slice(0, 4)).size).toBe(4)
    expect(seeds.slice(4)).toEqual(seeds.slice(0, 4))
    const [line = ''] = readFileSync(join(run.folder, 'raw/small/ethernet/3.ndjson'), 'utf8').split('\n')
    expect(JSON.parse(line)).toMatchObject({
      type: 'cell',
      id: 'small/ethernet/3',
      scenario: 'small',
      factors: {},
      repetition: 3,
      stage: 0,
      elapsed_ms: expect.any(Number),
    })
    expect(seeds).toContain(JSON.parse(line).seed)
  })

  it('writes the samples of the stage into the cell that runs, and into no other', async () => {
    const stages = new SmallStages()
    const [first, ...others] = cellsOf()
    if (first === undefined) throw new Error('no cell')
    const scenario = aScenario({
      cells: [first, ...others],
      run: async ({ id }) => {
        if (id === first.id) stages.sample('worker1')
      },
    })
    const { run } = await newRun([scenario], { stages })
    stages.sample('worker1')
    expect(run.records(first)).toEqual([
      {
        type: 'sample',
        elapsed_ms: expect.any(Number),
        host: 'worker1',
        role: 'worker',
        sample: expect.anything(),
      },
    ])
    for (const other of others) expect(run.records(other)).toEqual([])
  })

  it('opens each stage once, prepares a scenario once there, ends what was prepared, and closes everything', async () => {
    const stages = new SmallStages()
    const events = stages.calls
    const scenario = aScenario({
      cells: [...cellsOf(), ...cellsOf('small', aNeed({ link: 'wlan' }))],
      prepare: async (_settings, cells) => {
        events.push(`prepare ${cells.length}`)
        return async () => void events.push('end')
      },
    })
    await newRun([scenario], { stages })
    const perStage = (link: string) => [`open ${link} pair`, 'prepare 4', 'end']
    expect([
      [...perStage('ethernet'), ...perStage('wlan'), 'close'],
      [...perStage('wlan'), ...perStage('ethernet'), 'close'],
    ]).toContainEqual(events)
  })

  it('counts what is done and left, and corrects the time left by how long cells took', async () => {
    let nowMs = 0
    const scenario = aScenario({
      cells: cellsOf(),
      run: async () => {
        nowMs += 300
      },
    })
    const { progress } = await newRun([scenario], { now: () => nowMs })
    expect(progress[0]).toEqual({ done: 0, failed: 0, total: 4, expectedMsLeft: expect.any(Number) })
    // Expected 100 ms each, took 300.
    expect(progress[1]).toEqual({ done: 1, failed: 0, total: 4, expectedMsLeft: 900 })
    expect(progress.at(-1)).toEqual({ done: 4, failed: 0, total: 4, expectedMsLeft: 0 })
  })

  it('notes a step of the clock during a cell, and measures by the other clock', async () => {
    let nowMs = 0
    let setByMs = 0
    const scenario = aScenario({
      cells: cellsOf(),
      run: async ({ repetition }) => {
        nowMs += 1000
        if (repetition === 2) setByMs -= 5000
        if (repetition === 3) setByMs += 90
      },
    })
    const wallMs = () => 1_700_000_000_000 + nowMs + setByMs
    const { run } = await newRun([scenario], { now: () => nowMs, wallMs })
    expect(run.cells.map(({ outcome }) => outcome?.clockStepMs)).toEqual([
      undefined,
      -5000,
      undefined,
      undefined,
    ])
    expect(run.cells.map(({ outcome }) => outcome?.tookMs)).toEqual([1000, 1000, 1000, 1000])
  })
})

describe('a cell that fails', () => {
  const failing = (reason = 'it broke') =>
    aScenario({
      cells: cellsOf(),
      run: async ({ repetition }, { emit }) => {
        emit({ type: 'value' })
        if (repetition === 2) throw new Error(reason)
      },
    })

  it('is marked with its reason and counted, and the rest goes on, on the same stage', async () => {
    const { run, stages, progress } = await newRun([failing()])
    expect(Object.values(states(run))).toEqual(['done', 'failed', 'done', 'done'])
    expect(reasons(run)).toEqual(['it broke'])
    expect(progress.at(-1)).toMatchObject({ done: 3, failed: 1, total: 4 })
    expect(stages.calls).toEqual(['open ethernet pair', 'close'])
  })

  it('is tried once more by the next command, alone', async () => {
    const path = join(aFolder(), 'run')
    await runIn(path, [failing()])
    const { run, lines } = await runIn(path, [aScenario({ cells: cellsOf() })], {}, true)
    expect(lines.filter((line) => line.startsWith('begins'))).toEqual(['begins small/ethernet/2'])
    expect(Object.values(states(run))).toEqual(['done', 'done', 'done', 'done'])
    // The next stage has the next number.
    expect(run.cells.map(({ outcome }) => outcome?.stage)).toEqual([0, 1, 0, 0])
  })

  it('opens no stage when nothing is left', async () => {
    const path = join(aFolder(), 'run')
    await runIn(path, [aScenario({ cells: cellsOf() })])
    const { stages } = await runIn(path, [aScenario({ cells: cellsOf() })], {}, true)
    expect(stages.calls).toEqual(['close'])
  })

  it('fails when it does not end in its time, and its late records are refused', async () => {
    let late: unknown
    let ran = 0
    const scenario = aScenario({
      cells: cellsOf(),
      run: async (_cell, { emit, signal }) => {
        if (++ran !== 2) return
        signal.addEventListener('abort', () => {
          setTimeout(() => {
            try {
              emit({ type: 'late' })
            } catch (error) {
              late = error
            }
          }, 120)
        })
        await new Promise(() => {})
      },
    })
    const limits = { deadlineMs: () => 50, graceMs: 50 }
    const { run, stages } = await newRun([scenario], { limits })
    expect(Object.values(states(run)).sort()).toEqual(['done', 'done', 'done', 'failed'])
    expect(reasons(run)[0]).toMatch(/had not ended after/)
    await expect.poll(() => String(late)).toMatch(/the cell has ended/)
    for (const { cell } of run.cells) expect(run.records(cell)).toEqual([])
    // What is stuck may still do something there.
    expect(stages.calls).toEqual(['open ethernet pair', 'open ethernet pair', 'close'])
  })

  it('fails when a record of it is no JSON, or of a type that is not its own', async () => {
    const scenario = aScenario({
      cells: cellsOf(),
      run: async ({ repetition }, { emit }) => {
        if (repetition === 1) emit({ type: 'value', value: 1n })
        if (repetition === 2) emit({ type: 'sample' })
      },
    })
    const { run } = await newRun([scenario])
    expect(Object.values(states(run))).toEqual(['failed', 'failed', 'done', 'done'])
    expect(reasons(run).join()).toMatch(/BigInt.*cannot emit a record of type sample/)
  })
})

describe('a host that dies', () => {
  it('fails the cell; the stage is opened anew, the scenario prepared again, its warm-up repeated', async () => {
    const stages = new SmallStages()
    const events = stages.calls
    const warm = aCell({ id: 'small/ethernet/0', repetition: 0 })
    let ran = 0
    const scenario = aScenario({
      cells: [warm, ...cellsOf()],
      prepare: async () => {
        events.push('prepare')
        return async () => void events.push('end')
      },
      run: async ({ repetition }) => {
        events.push(repetition === 0 ? 'warm-up' : 'cell')
        if (repetition === 0 || ++ran !== 2) return
        stages.dead.add('worker1')
        throw new Error('worker1 is gone')
      },
    })
    const { run, progress } = await newRun([scenario], { stages })
    const once = (...cells: string[]) => ['open ethernet pair', 'prepare', 'warm-up', ...cells, 'end']
    expect(events).toEqual([...once('cell', 'cell'), ...once('cell', 'cell'), 'close'])
    expect(Object.values(states(run)).sort()).toEqual(['done', 'done', 'done', 'done', 'failed'])
    expect(reasons(run)).toEqual(['worker1 is gone'])
    expect(progress.at(-1)).toMatchObject({ done: 4, failed: 1, total: 5, expectedMsLeft: 0 })
    expect(run.hosts.length).toBe(2)
  })

  it('fails a cell that did not notice, when the host is not sampled any more and does not answer', async () => {
    const stages = new SmallStages()
    let nowMs = 0
    const scenario = aScenario({
      cells: cellsOf(),
      run: async ({ repetition }) => {
        stages.sample('manager', 'manager')
        nowMs += 20_000
        if (repetition === 3) stages.dead.add('manager')
        else stages.sample('manager', 'manager')
      },
    })
    const { run } = await newRun([scenario], { stages, now: () => nowMs })
    expect(Object.values(states(run))).toEqual(['done', 'done', 'failed', 'done'])
    expect(reasons(run)).toEqual(['manager did not answer any more'])
  })

  it('fails a cell that ended while it was still asked whether the host lives, and goes on on a new stage', async () => {
    const stages = new SmallStages()
    let nowMs = 0
    let asked = false
    const cellEnded = Promise.withResolvers<void>()
    stages.isWhole = async () => {
      asked = true
      await cellEnded.promise
      await delay(50)
      return stages.dead.size === 0
    }
    const scenario = aScenario({
      cells: cellsOf(),
      run: async ({ repetition }) => {
        stages.sample('worker1')
        if (repetition !== 2) return
        stages.dead.add('worker1')
        nowMs += 20_000
        await until('somebody is asked', () => asked)
        cellEnded.resolve()
      },
    })
    const { run } = await newRun([scenario], { stages, now: () => nowMs })
    expect(Object.values(states(run))).toEqual(['done', 'failed', 'done', 'done'])
    expect(reasons(run)).toEqual(['worker1 did not answer any more'])
    expect(stages.calls).toEqual(['open ethernet pair', 'open ethernet pair', 'close'])
  })

  it('ends, with every cell tried, when the host dies in each of them', async () => {
    const stages = new SmallStages()
    const scenario = aScenario({
      cells: [aCell({ id: 'small/ethernet/0', repetition: 0 }), ...cellsOf()],
      run: async () => {
        stages.dead.add('worker1')
        throw new Error('gone')
      },
    })
    const { run } = await newRun([scenario], { stages })
    expect(Object.values(states(run))).toEqual(['failed', 'failed', 'failed', 'failed', 'failed'])
  })
})

describe('a stage that cannot be had', () => {
  it('is tried once more from nothing; then its cells fail, and the next stage goes on', async () => {
    const stages = new SmallStages()
    stages.shut.add('wlan')
    const needs = [aNeed(), aNeed({ link: 'wlan' })]
    const scenarios = ['first', 'second'].map((name) =>
      aScenario({ name, cells: needs.flatMap((need) => cellsOf(name, need)) }),
    )
    const { run } = await newRun(scenarios, { stages })
    for (const { cell, outcome } of run.cells) {
      expect(outcome?.state).toBe(cell.need.link === 'wlan' ? 'failed' : 'done')
    }
    expect(new Set(reasons(run))).toEqual(new Set(['the stage did not open: no wlan here']))
    const wlan = ['open wlan pair', 'close', 'open wlan pair']
    expect([
      ['open ethernet pair', ...wlan, 'close'],
      [...wlan, 'open ethernet pair', 'close'],
    ]).toContainEqual(stages.calls)
  })
})

describe('a stage that only a person can mend', () => {
  const denied = () =>
    new ShoalError('LOGIN_DENIED', { action: 'connect', object: 'board1', reason: 'no key is known there' })

  it('ends the campaign at once when it is the first one, and no cell has failed', async () => {
    const stages = new SmallStages()
    stages.shut.add('ethernet')
    stages.refusal = denied
    const { run, error } = await newRun([aScenario({ cells: cellsOf() })], { stages })
    expect(error).toMatchObject({ code: 'LOGIN_DENIED' })
    expect(stages.calls).toEqual(['open ethernet pair', 'close'])
    expect(Object.values(states(run))).toEqual(['not run', 'not run', 'not run', 'not run'])
  })

  it('fails its cells alone when another stage has stood', async () => {
    const stages = new SmallStages()
    stages.refusal = denied
    const scenario = aScenario({
      cells: [...cellsOf(), ...cellsOf('small', aNeed({ link: 'wlan' }))],
      run: async ({ need }) => void stages.shut.add(need.link === 'wlan' ? 'ethernet' : 'wlan'),
    })
    const { run, error } = await newRun([scenario], { stages })
    expect(error).toBeUndefined()
    expect(Object.values(states(run)).sort()).toEqual([...Array(4).fill('done'), ...Array(4).fill('failed')])
    expect(reasons(run)[0]).toBe(
      'the stage did not open: [LOGIN_DENIED] connect, board1: no key is known there',
    )
  })
})

describe('a scenario that cannot be prepared', () => {
  it('fails its own cells on that stage, and no others', async () => {
    const needs = [aNeed(), aNeed({ link: 'wlan' })]
    const first = aScenario({
      name: 'first',
      cells: needs.flatMap((need) => cellsOf('first', need)),
      prepare: async (_settings, _cells, { stage }) => {
        if (stage.need.link === 'wlan') throw new Error('no image')
        return async () => {}
      },
    })
    const second = aScenario({ name: 'second', cells: needs.flatMap((need) => cellsOf('second', need)) })
    const { run } = await newRun([first, second])
    for (const { cell, outcome } of run.cells) {
      const fails = cell.scenario === 'first' && cell.need.link === 'wlan'
      expect(outcome?.state, cell.id).toBe(fails ? 'failed' : 'done')
    }
    expect(new Set(reasons(run))).toEqual(new Set(['first could not be prepared: no image']))
  })

  it('is prepared again on a new stage when a host died meanwhile', async () => {
    const stages = new SmallStages()
    let times = 0
    const scenario = aScenario({
      cells: cellsOf(),
      prepare: async () => {
        if (++times > 1) return async () => {}
        stages.dead.add('worker1')
        throw new Error('worker1 is gone')
      },
    })
    const { run } = await newRun([scenario], { stages })
    expect(Object.values(states(run))).toEqual(['done', 'done', 'done', 'done'])
  })

  it('goes on when what was prepared does not end well', async () => {
    const scenario = aScenario({
      cells: cellsOf(),
      prepare: async () => async () => {
        throw new Error('it clings')
      },
    })
    const { run, lines } = await newRun([scenario])
    expect(Object.values(states(run))).toEqual(['done', 'done', 'done', 'done'])
    expect(lines).toContain('small did not end what it had prepared: it clings')
  })
})

describe('a campaign that is stopped', () => {
  it('does not mark the cell that ran, ends everything, and goes on with the next command', async () => {
    const path = join(aFolder(), 'run')
    const stages = new SmallStages()
    const stop = new AbortController()
    let ran = 0
    const events = stages.calls
    const scenario = aScenario({
      cells: cellsOf(),
      prepare: async () => async () => void events.push('end'),
      run: async (_cell, { emit, signal }) => {
        emit({ type: 'value' })
        if (++ran !== 3) return
        setImmediate(() => stop.abort(new Error('stopped by the user')))
        await delay(60_000, undefined, { signal })
      },
    })
    const { run, error } = await runIn(path, [scenario], { stages, signal: stop.signal })
    expect(String(error)).toMatch(/stopped by the user/)
    expect(events).toEqual(['open ethernet pair', 'end', 'close'])
    expect(Object.values(states(run)).sort()).toEqual(['done', 'done', 'not run', 'not run'])
    const next = await runIn(path, [aScenario({ cells: cellsOf() })], {}, true)
    expect(next.lines.filter((line) => line.startsWith('begins')).length).toBe(2)
    expect(Object.values(states(next.run))).toEqual(['done', 'done', 'done', 'done'])
    for (const { cell } of next.run.cells) expect(next.run.records(cell).length).toBe(1)
  })
})
