import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../evaluation/random.ts'
import { drawn, normal } from '../draws.ts'
import { aClaim, judge, observe, observed } from './observe.ts'

const random = createRandom(11)
/** Around a truth, with 2 % of spread. */
const about = (truth: number, count = 10): number[] => drawn(count, () => normal(random, truth, 0.02 * truth))

describe('between', () => {
  const claim = aClaim(
    'kind: between, factor: mode, levels: [native, pair], words: { pair: container }, by: typical, above: 0.9, below: 1.1, within: { link: [ethernet, wlan] }',
  )
  const data = (ethernet: number, wlan: number, count = 10) =>
    observed(
      observe({ mode: 'native', link: 'ethernet' }, about(10, count)),
      observe({ mode: 'pair', link: 'ethernet' }, about(10 * ethernet, count)),
      observe({ mode: 'native', link: 'wlan' }, about(30, count)),
      observe({ mode: 'pair', link: 'wlan' }, about(30 * wlan, count)),
    )

  it('holds where each ratio is shown to lie within the limits', () => {
    const judgement = judge(claim, data(1, 1.03))
    expect(judgement.verdict).toBe('holds')
    expect(judgement.comparisons.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['Ethernet, container against native', 'holds'],
      ['WLAN, container against native', 'holds'],
    ])
    expect(judgement.reason).toMatch(
      /^In all 2 comparisons; the least clear one: WLAN: container 1\.0\d times native \(\S+ to 1\.0\d\), between 0\.9 and 1\.1\.$/,
    )
    expect(judgement.origins).toEqual(['emulated'])
  })

  it('does not hold where one ratio is shown to lie outside, and says which', () => {
    const judgement = judge(claim, data(1, 1.3))
    expect(judgement.verdict).toBe('does not hold')
    expect(judgement.reason).toMatch(
      /^WLAN: container 1\.\d+ times native \(.*\), not between 0\.9 and 1\.1; it holds in 1 of 2 comparisons\.$/,
    )
  })

  it('is not decidable where the interval holds a limit, and says how many samples would tell', () => {
    const judgement = judge(claim, data(1, 1.085, 3))
    expect(judgement.verdict).toBe('not decidable')
    expect(judgement.reason).toMatch(
      /not shown to be between 0\.9 and 1\.1, with 3 samples; about \d+ would tell/,
    )
  })

  it('does not take a difference that was not found for none', () => {
    const spread = () => drawn(4, () => normal(random, 10, 4))
    const wide = observed(
      ...['native', 'pair'].flatMap((mode) =>
        ['ethernet', 'wlan'].map((link) => observe({ mode, link }, spread().map(Math.abs))),
      ),
    )
    expect(judge(claim, wide).verdict).toBe('not decidable')
  })
})

describe('ascending', () => {
  const claim = aClaim('kind: ascending, factor: size, levels: [1000, 2000, 4000], as: ratio, above: 1.05')
  const data = (...truths: number[]) =>
    observed(...truths.map((truth, index) => observe({ size: 1000 * 2 ** index }, about(truth))))

  it('holds where each level is more than the one before it', () => {
    const judgement = judge(claim, data(10, 15, 30))
    expect(judgement.verdict).toBe('holds')
    expect(judgement.comparisons.map(({ name }) => name)).toEqual([
      '2000 integers against 1000 integers',
      '4000 integers against 2000 integers',
    ])
  })

  it('does not hold where one is not, by as much as counts', () => {
    expect(judge(claim, data(10, 15, 15)).verdict).toBe('does not hold')
    expect(judge(claim, data(10, 15, 10)).verdict).toBe('does not hold')
  })

  it('is not decidable at the limit, nor without a level', () => {
    expect(judge(claim, data(10, 10.5, 20)).verdict).toBe('not decidable')
    const judgement = judge(claim, data(10, 15))
    expect(judgement.verdict).toBe('not decidable')
    expect(judgement.reason).toContain('No response time of 4000 integers; it holds in 1 of 1 comparisons')
  })
})

describe('greatest', () => {
  const claim = aClaim('kind: greatest, factor: capability, level: passive-buzzer, above: 1')
  const data = (passive: number) =>
    observed(
      observe({ capability: 'laser' }, about(10)),
      observe({ capability: 'passive-buzzer' }, about(passive)),
      observe({ capability: 'flame' }, about(11)),
    )

  it('holds, does not hold, or cannot be told', () => {
    expect(judge(claim, data(13)).verdict).toBe('holds')
    expect(judge(claim, data(10)).verdict).toBe('does not hold')
    expect(judge(claim, data(11.02)).verdict).toBe('not decidable')
    expect(judge(claim, observed(observe({ capability: 'laser' }, about(10)))).reason).toContain(
      'No response time of passive-buzzer',
    )
  })
})

describe('no-more', () => {
  const claim = aClaim('kind: no-more, factor: workers, levels: { atMost: 4 }, by: typical, below: 1.1')
  const data = (...truths: number[]) =>
    observed(...truths.map((truth, index) => observe({ workers: 2 ** index }, about(truth))))

  it('holds, does not hold, or cannot be told', () => {
    expect(judge(claim, data(10, 10.1, 10.2)).verdict).toBe('holds')
    expect(judge(claim, data(10, 10.1, 14)).verdict).toBe('does not hold')
    expect(judge(claim, data(10, 10.1, 11)).verdict).toBe('not decidable')
  })

  it('is of as many as the claim says, and of more than one', () => {
    expect(judge(claim, data(10, 10.1, 10.2, 90)).verdict).toBe('holds')
    expect(judge(claim, data(10)).reason).toContain(
      'Only one value of workers is there, and the claim compares several',
    )
  })
})

describe('bounded', () => {
  const cpu = { measure: 'response_time', unit: 'share' } as const
  const data = (truth: number, count = 10) => observed(observe({ link: 'wlan' }, about(truth, count), cpu))

  it('holds, does not hold, or cannot be told', () => {
    const low = aClaim('kind: bounded, within: { link: any }, below: 0.1')
    expect(judge(low, data(0.05)).verdict).toBe('holds')
    expect(judge(low, data(0.05)).reason).toMatch(/^WLAN: \d\.\d\d % \(4\.\d\d to 5\.\d\d\), below 10 %\.$/)
    expect(judge(low, data(0.2)).verdict).toBe('does not hold')
    expect(judge(low, data(0.1)).verdict).toBe('not decidable')
    const around = aClaim('kind: bounded, within: { link: any }, above: 0.0075, below: 0.03')
    expect(judge(around, data(0.015)).verdict).toBe('holds')
    expect(judge(around, data(0.002)).verdict).toBe('does not hold')
  })
})

describe('a claim', () => {
  const claim = aClaim('kind: between, factor: mode, levels: [native, pair], above: 0.9, below: 1.1')
  const alike = (told = {}) => [
    observe({ mode: 'native' }, about(10), told),
    observe({ mode: 'pair' }, about(10), told),
  ]

  it('is not decided by too few samples, nor by what is not there', () => {
    expect(
      judge(claim, observed(observe({ mode: 'native' }, [1, 1, 1]), observe({ mode: 'pair' }, [1, 1]))),
    ).toMatchObject({
      verdict: 'not decidable',
      reason: 'Pair mode against native: 3 samples or more are needed on each side, got 2.',
      comparisons: [],
    })
    expect(judge(claim, observed()).reason).toBe('No response time of the scenario response-time.')
    expect(judge(claim, observed(observe({}, about(10)))).reason).toContain('No response time of native')
  })

  it('tells a level that is nowhere once, not in each combination', () => {
    const wide = aClaim(
      'kind: between, factor: mode, levels: [native, pair], above: 0.9, below: 1.1, within: { link: [ethernet, wlan], size: [1000, 2000] }',
    )
    const data = observed(
      ...[1000, 2000].flatMap((size) =>
        ['native', 'pair'].map((mode) => observe({ mode, size, link: 'ethernet' }, about(10))),
      ),
    )
    expect(judge(wide, data)).toMatchObject({
      verdict: 'not decidable',
      reason: 'No response time of the scenario response-time at WLAN; it holds in 2 of 2 comparisons.',
    })
  })

  it('is not decided where a factor that it does not name would be mixed in', () => {
    const mixed = observed(...alike(), observe({ mode: 'native', link: 'wlan' }, about(10)))
    expect(judge(claim, mixed).reason).toBe(
      'Response time of the scenario response-time differs in link too, which the claim does not name.',
    )
  })

  it('is not decided by numbers of two origins', () => {
    const mixed = observed(...alike(), observe({ mode: 'native' }, about(10), { origin: 'modelled' }))
    expect(judge(claim, mixed).reason).toContain('is emulated and modelled, which are not compared')
  })

  it('is not decided where the source of the numbers has the answer in it, however clear they are', () => {
    const circular = aClaim(
      'kind: ascending, factor: link, levels: [ethernet, wlan], above: 1',
      '  circularWhen: [modelled]\n  because: The model adds it.',
    )
    const data = (origin: 'measured' | 'modelled') =>
      observed(
        observe({ link: 'ethernet' }, about(1.3), { origin, unit: 'W' }),
        observe({ link: 'wlan' }, about(1.45), { origin, unit: 'W' }),
      )
    const modelled = judge(circular, data('modelled'))
    expect(modelled.verdict).toBe('not decidable')
    expect(modelled.comparisons.map(({ verdict }) => verdict)).toEqual(['not decidable'])
    expect(modelled.reason).toMatch(
      /^Modelled numbers cannot decide this: The model adds it\. All the same, the numbers: WLAN 1\.1\d times Ethernet/,
    )
    expect(judge(circular, data('measured')).verdict).toBe('holds')
  })

  it('says what to know of its numbers where the verdict counts, and what failed', () => {
    const noted = aClaim(
      'kind: between, factor: mode, levels: [native, pair], above: 0.9, below: 1.1',
      '  notes: { modelled: It is CPU in other units. }',
    )
    const failures = [{ scenario: 'response-time', factors: {}, reason: 'timed out' }]
    const judgement = judge(noted, { ...observed(...alike({ origin: 'modelled' })), failures })
    expect(judgement.verdict).toBe('holds')
    expect(judgement.reason).toMatch(
      /It is CPU in other units\. 1 request or cell of these failed: a failed cell is in no number, an unanswered request in no time\.$/,
    )
  })

  it('counts failures where it looks, and nowhere else', () => {
    const held = aClaim(
      'kind: no-more, factor: workers, levels: { atMost: 4 }, below: 1.1, within: { link: [ethernet] }',
    )
    const failures = [
      { link: 'ethernet', workers: 2 },
      { link: 'ethernet', workers: 8 },
      { link: 'wlan', workers: 2 },
      { workers: 4 },
      {},
    ].map((factors) => ({ scenario: 'response-time', factors, reason: 'timed out' }))
    const data = observed(...[1, 2, 8].map((workers) => observe({ link: 'ethernet', workers }, about(10))))
    expect(judge(held, { ...data, failures }).reason).toContain(' 3 requests or cells of these failed: ')
    const greatest = aClaim('kind: greatest, factor: mode, level: pair, levels: [native], above: 1')
    const ofModes = ['pair', 'native', 'cluster'].map((mode) => ({
      scenario: 'response-time',
      factors: { mode },
      reason: 'timed out',
    }))
    expect(
      judge(greatest, { ...observed(observe({ mode: 'pair' }, about(10))), failures: ofModes }).reason,
    ).toContain(' 2 requests or cells of these failed: ')
  })

  it('falls only by a contrary that is clear for as many comparisons as there are', () => {
    // One-sided p of 0.05 in one of forty is what chance gives.
    const levels = Array.from({ length: 40 }, (_, index) => `l${index}`)
    const many = aClaim(
      'kind: ascending, factor: size, levels: [1, 2], above: 0.5, by: typical, within: { link: any }',
    )
    const data = observed(
      ...levels.flatMap((link) => [
        observe({ link, size: 1 }, [10, 11, 12]),
        observe({ link, size: 2 }, link === 'l7' ? [1, 2, 3] : [20, 22, 24]),
      ]),
    )
    const judgement = judge(many, data)
    expect(judgement.verdict).toBe('not decidable')
    expect(judgement.reason).toMatch(
      /^L7: 2 integers 0\.\d+ times 1 integer .* would tell; it holds in 39 of 40 comparisons/,
    )
  })
})
