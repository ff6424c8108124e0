import { describe, expect, it } from 'vitest'
import { parseInventory } from '../../../../evaluation/hosts/inventory.ts'
import { labStages } from '../../../../evaluation/hosts/lab-stages.ts'
import { realStages } from '../../../../evaluation/hosts/real-stages.ts'
import type { StageNeed, Stages } from '../../../../evaluation/hosts/stage.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

const aNeed = (over: Partial<StageNeed> = {}): StageNeed => ({
  link: 'ethernet',
  mode: 'pair',
  workers: 1,
  devices: false,
  ...over,
})

const refusalsOf = (stages: Stages, needs: readonly StageNeed[]): string[] => {
  try {
    stages.check(needs)
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'CAMPAIGN_INVALID')
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

describe('the lab', () => {
  const stages = labStages({ board: 'pi3b' })

  it('gives every link in both modes, with and without devices', () => {
    const needs = (['ethernet', 'wlan', 'direct'] as const).flatMap((link) =>
      (['pair', 'cluster'] as const).flatMap((mode) =>
        [true, false].map((devices) => aNeed({ link, mode, devices })),
      ),
    )
    expect(refusalsOf(stages, [...needs, aNeed({ workers: 32 })])).toEqual([])
  })

  it('refuses two workers on one cable, and more than a lab holds', () => {
    expect(refusalsOf(stages, [aNeed({ link: 'direct', workers: 2 }), aNeed({ workers: 500 })])).toEqual([
      'a cable joins one worker to the manager, not 2 (link direct)',
      '500 workers: a lab holds at most 198',
    ])
  })

  it('expects a stage on the same lab to open sooner than one on another', () => {
    const onSame = stages.expectedMs(aNeed(), aNeed({ mode: 'cluster' }))
    expect(onSame).toBeLessThan(stages.expectedMs(aNeed({ link: 'wlan' }), aNeed({ mode: 'cluster' })))
    expect(stages.expectedMs(aNeed(), aNeed())).toBeLessThan(onSame)
    expect(stages.expectedMs(undefined, aNeed())).toBeGreaterThan(0)
  })
})

describe('the hosts of an inventory', () => {
  const stages = realStages(
    parseInventory(
      `hosts:
- {name: gateway, role: manager, addresses: {ethernet: 10.0.0.1, direct: 10.78.0.1}}
- {name: laptop, role: client, local: true}
- {name: edge1, role: worker, addresses: {ethernet: 10.0.0.2, direct: 10.78.0.2}}
- {name: edge2, role: worker, addresses: {ethernet: 10.0.0.3, wlan: 10.42.0.3}, devices: true}
`,
      'hosts.yaml',
    ),
    {},
  )

  it('give what they can', () => {
    const needs = [
      aNeed(),
      aNeed({ mode: 'cluster', workers: 2 }),
      aNeed({ link: 'direct', mode: 'cluster' }),
    ]
    expect(refusalsOf(stages, needs)).toEqual([])
  })

  it('refuse all that they cannot, at once and each once', () => {
    const needs = [
      aNeed({ workers: 3 }),
      aNeed({ link: 'wlan' }),
      aNeed({ link: 'wlan' }),
      aNeed({ link: 'wlan', mode: 'cluster', workers: 2 }),
      aNeed({ link: 'direct' }),
      aNeed({ link: 'direct', mode: 'cluster', workers: 2 }),
      aNeed({ devices: true }),
    ]
    expect(refusalsOf(stages, needs)).toEqual([
      '3 workers: hosts.yaml has 2, edge1, edge2',
      'link wlan, pair mode: no address on it has gateway, edge1',
      'link wlan, cluster mode: no address on it has gateway, edge1',
      'link direct, pair mode: no address on it has laptop',
      'a cable joins one worker to the manager, not 2 (link direct)',
      'devices at the first worker: edge1 has no "devices: true" in hosts.yaml',
    ])
  })
})
