import { describe, expect, it } from 'vitest'
import { awaitQuiet } from '../../../../evaluation/hosts/await-quiet.ts'
import type { HostFacts, HostSample } from '../../../../evaluation/hosts/stage.ts'

/** Two hosts, of which samples are told by hand. */
function aStage() {
  const listeners = new Set<(sample: HostSample) => void>()
  return {
    facts: ['manager', 'worker1'].map((name) => ({ name }) as HostFacts),
    onSample: (listener: (sample: HostSample) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (host: string, cpu_share: number | null) => {
      for (const listener of listeners) listener({ host, sample: { cpu_share } } as HostSample)
    },
    listeners,
  }
}

const say = () => {}

describe('awaitQuiet', () => {
  it('waits until every host has rested for two samples in a row', async () => {
    const stage = aStage()
    let isOver = false
    const waiting = awaitQuiet(stage, { signal: new AbortController().signal, say }).then(() => {
      isOver = true
    })
    for (const [host, share] of [
      ['manager', 0.02],
      ['manager', 0.02],
      ['worker1', 0.6],
      ['worker1', 0.01],
      ['worker1', 0.3],
      ['worker1', 0.01],
      ['worker1', null],
      ['worker1', 0.01],
    ] as const)
      stage.tell(host, share)
    await Promise.resolve()
    expect(isOver).toBe(false)
    stage.tell('worker1', 0.01)
    await waiting
    expect(stage.listeners.size).toBe(0)
  })

  it('waits no longer than its limit, and says who is busy', async () => {
    const stage = aStage()
    const lines: string[] = []
    const waiting = awaitQuiet(stage, {
      signal: new AbortController().signal,
      limitMs: 20,
      say: (line) => lines.push(line),
    })
    stage.tell('manager', 0)
    stage.tell('manager', 0)
    stage.tell('worker1', 1)
    await waiting
    expect(lines).toEqual(['worker1: still busy after 0.02 s; goes on nevertheless'])
  })

  it('is given up with the signal', async () => {
    const stage = aStage()
    const reason = new Error('stopped')
    await expect(awaitQuiet(stage, { signal: AbortSignal.abort(reason), say })).rejects.toBe(reason)
    expect(stage.listeners.size).toBe(0)
  })
})
