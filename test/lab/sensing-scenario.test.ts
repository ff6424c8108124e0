// The sensing scenario on a stage of the lab: what is asked and answered, what the records come down to, and what an interrupted cell leaves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labStages } from '../../evaluation/hosts/lab-stages.ts'
import type { Stage } from '../../evaluation/hosts/stage.ts'
import type { Cell, RawRecord } from '../../evaluation/scenarios/scenario.ts'
import { sensing } from '../../evaluation/scenarios/sensing.ts'

const settings = sensing.settings.parse({
  links: ['ethernet'],
  capabilities: ['laser', 'light'],
  forSeconds: 5,
  everySeconds: 1,
})
const cells = sensing.plan(settings)
const stages = labStages({ board: 'pi3b', name: 'sensing-scenario' })
const never = new AbortController().signal
let stage: Stage
let clear: (() => Promise<void>) | undefined

beforeAll(async () => {
  const [first] = cells
  if (first === undefined) throw new Error('no cell')
  stage = await stages.open(first.need, never, () => {})
  clear = await sensing.prepare?.(settings, cells, { stage, seed: 1, signal: never })
}, 300_000)
afterAll(async () => {
  await clear?.()
  await stages.close()
}, 120_000)

async function run(cell: Cell, signal: AbortSignal, onRecord: (record: RawRecord) => void = () => {}) {
  const records: RawRecord[] = []
  const startedAt = performance.now()
  const emit = (record: { readonly type: string }) => {
    const stamped: RawRecord = { ...record, elapsed_ms: performance.now() - startedAt }
    records.push(stamped)
    onRecord(stamped)
  }
  const end = stage.onSample((sample) => emit({ type: 'sample', ...sample }))
  try {
    await sensing.run(settings, cell, { stage, seed: 1, signal, emit })
  } finally {
    end()
  }
  return records
}

async function containers(): Promise<string> {
  const [worker] = stage.workers
  return (await worker?.exec(['docker', 'ps', '--all', '--quiet']))?.stdout ?? 'no worker'
}

describe.each(cells)('the cell $id', (cell) => {
  it('switches on, asks at its times, is answered, switches off, and leaves nothing', async () => {
    const records = await run(cell, never)
    const requests = records.filter(({ type }) => type === 'request')
    expect(requests.map(({ method, code }) => `${method} ${code}`)).toEqual([
      'PUT 2.04',
      ...new Array(5).fill('GET 2.05'),
      'PUT 2.04',
    ])
    const times = requests.slice(1, -1).map(({ sentAtMs }) => Number(sentAtMs))
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3900)
    expect(await containers()).toBe('')
    const powerOrigin = { [`${stage.workers[0]?.name}`]: 'modelled' } as const
    const { observations, failures } = sensing.observe(settings, {
      cell,
      origin: 'emulated',
      powerOrigin,
      records,
    })
    expect(failures).toEqual([])
    const of = (measure: string) => observations.filter((each) => each.measure === measure)
    // Five periods of a second; one sample ends in each, give or take one at either end.
    expect(of('cpu').length).toBeGreaterThanOrEqual(3)
    expect(of('power').length).toBe(of('cpu').length)
    expect(of('cpu').every(({ value }) => value >= 0 && value <= 1)).toBe(true)
    expect(of('response_time').map(({ value }) => value)).toEqual(
      requests.filter(({ method }) => method === 'GET').map(({ tookMs }) => tookMs),
    )
  }, 60_000)
})

it('leaves no container when it is interrupted', async () => {
  const [cell] = cells
  if (cell === undefined) throw new Error('no cell')
  const stopping = new AbortController()
  const running = run(cell, stopping.signal, ({ type, method }) => {
    if (type === 'request' && method === 'GET') stopping.abort(new Error('stopped'))
  })
  await expect(running).rejects.toThrow()
  expect(await containers()).toBe('')
}, 60_000)
