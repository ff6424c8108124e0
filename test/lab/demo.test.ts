import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DemoResult } from '../../evaluation/demo.ts'
import { renderDemo } from '../../evaluation/demo-command.ts'

const shoal = fileURLToPath(new URL('../../bin/shoal', import.meta.url))

describe('the demo', () => {
  let result: DemoResult

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      shoal,
      ['demo', '--json', '--seed', '7', '--repetitions', '3'],
      {
        timeout: 170_000,
        maxBuffer: 1e7,
      },
    )
    result = JSON.parse(stdout) as DemoResult
  }, 180_000)

  it('answers every request, native and in a container, rightly', () => {
    expect(result.samples).toHaveLength(2 * 3 * 2 * 3)
    expect(result.samples.filter(({ failure }) => failure !== undefined)).toEqual([])
  })

  it('sends the image the first time only, and tells every phase', () => {
    const { imageSent, imageCached } = result.activations
    expect(imageSent.phasesMs.send).toBeGreaterThan(0)
    expect(imageCached.phasesMs.send ?? 0).toBe(0)
    for (const phase of ['connect', 'create', 'start', 'ready'])
      expect(imageCached.phasesMs[phase]).toBeGreaterThan(0)
  })

  it('gets the same answer by libcoap', () => {
    expect(result.libcoap.command).toMatch(/^coap-client-notls /)
    const [average] = renderDemo(result).match(/(?<=integers is )[\d.]+/) ?? []
    expect(Number(result.libcoap.output)).toBeCloseTo(Number(average), 6)
  })

  it('activates in the cluster by one POST, uses it directly and through the manager', () => {
    const { activation, againMs, samples, joinMs } = result.cluster
    expect(Object.keys(joinMs)).toEqual(['worker1', 'worker2'])
    expect(JSON.parse(activation.output)).toMatchObject({ proxy: '/s/compute' })
    expect(againMs).toHaveLength(3)
    expect(samples).toHaveLength(2 * 2 * 2 * 3)
    expect(samples.filter(({ failure }) => failure !== undefined)).toEqual([])
  })

  it('runs sensing where the light sensor is, reads it, and is told of its changes', () => {
    const { node, steps, observed, activationMs } = result.cluster.sensor
    expect(node).toBe('worker2')
    expect(activationMs).toBeGreaterThan(0)
    const [put, read] = steps
    expect([put?.command, put?.output]).toEqual([expect.stringMatching(/ -m put -e on coap:.*\/light$/), ''])
    expect(JSON.parse(read?.output ?? '')).toEqual([
      expect.objectContaining({ bn: 'light/', n: 'illuminance', u: 'lx', v: expect.any(Number) }),
    ])
    const told = observed.map((text) => JSON.parse(text) as { bt: number; v: number }[])
    expect(told.length).toBeGreaterThanOrEqual(2)
    const times = told.map(([record]) => record?.bt ?? 0)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
    expect(new Set(told.map(([record]) => record?.v)).size).toBeGreaterThan(1)
    expect(renderDemo(result)).toContain('A light sensor hangs at worker2')
  })

  it('has the answer from the other worker after a cut', () => {
    const { cut, now } = result.cluster.failover
    expect([cut, now].sort()).toEqual(['worker1', 'worker2'])
    expect(renderDemo(result)).toMatch(/worker[12] was cut off .* through the manager worker[12] answered/)
  })

  it('prints both tables', () => {
    const page = renderDemo(result)
    expect(page).toMatch(/image there +\d+ /)
    expect(page).toMatch(/bubblesort +2000 +[\d.]+ ± [\d.]+ +[\d.]+ ± [\d.]+ +0/)
  })
})
