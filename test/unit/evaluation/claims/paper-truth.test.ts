import { describe, expect, it } from 'vitest'
import { readClaims } from '../../../../evaluation/claims/claim-file.ts'
import { judgeClaims } from '../../../../evaluation/claims/judge.ts'
import { paperTruth } from './paper-truth.ts'

const claims = readClaims()
const verdicts = (data: Parameters<typeof judgeClaims>[1]) =>
  Object.fromEntries(
    judgeClaims(claims, data).map(({ id, verdict, reason }) => [id, `${verdict}: ${reason}`]),
  )

describe('the claims of the paper', () => {
  it('all hold on a board on which all is as the paper says', () => {
    for (const [id, verdict] of Object.entries(verdicts(paperTruth(10))))
      expect(`${id} ${verdict}`).toContain(`${id} holds: `)
  })

  it('all hold with three values of each too, where they are so clear', () => {
    for (const [id, verdict] of Object.entries(verdicts(paperTruth(3, 0.002))))
      expect(`${id} ${verdict}`).toContain(`${id} holds: `)
  })

  it('are none decided by two values of each', () => {
    // Activations of seven capabilities are put together.
    for (const [id, verdict] of Object.entries(verdicts(paperTruth(2))))
      if (id !== 'sensing-cpu-at-activation') expect(`${id} ${verdict}`).toContain(`${id} not decidable: `)
  })

  it('of power are not decided by a model, but for the order of operations', () => {
    const data = paperTruth(10)
    const observations = data.observations.map((each) =>
      each.measure === 'power' ? { ...each, origin: 'modelled' as const } : each,
    )
    const judged = judgeClaims(claims, { ...data, observations })
    const ofModels = judged.filter(({ origins }) => origins.includes('modelled'))
    expect(ofModels.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
      'idle-power-by-link: not decidable',
      'manager-power-alike: not decidable',
      'manager-power-by-link: not decidable',
      'server-power-by-operation: holds',
      'server-power-by-link: not decidable',
      'server-power-alike: not decidable',
      'passive-buzzer-power: not decidable',
      'sensing-power-by-link: not decidable',
    ])
    expect(ofModels.find(({ id }) => id === 'server-power-by-operation')?.reason).toContain(
      'no finding beside that of Fig. 7',
    )
  })

  it('of the speed of links and of memory are not decided in a lab', () => {
    const data = paperTruth(10)
    const observations = data.observations.map((each) => ({ ...each, origin: 'emulated' as const }))
    const open = judgeClaims(claims, { ...data, observations }).filter(({ verdict }) => verdict !== 'holds')
    expect(open.map(({ id }) => id)).toEqual([
      'response-time-by-link',
      'activation-by-link',
      'small-cluster-memory',
    ])
  })
})
