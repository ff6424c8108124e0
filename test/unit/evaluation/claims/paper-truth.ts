// Observations of every scenario from a board on which all is as the paper says, measured with a meter.
import { createRandom } from '../../../../evaluation/random.ts'
import type { Factors, Observation, Observed } from '../../../../evaluation/scenarios/observation.ts'
import { drawn, normal } from '../draws.ts'

const links = ['ethernet', 'wlan']
const operations = ['average', 'mergesort', 'bubblesort']
const capabilities = ['laser', 'active-buzzer', 'passive-buzzer', 'sound', 'light', 'flame', 'humidity']

/** The value of a level, by its place in the list. */
const by = (
  level: string | number,
  levels: readonly (string | number)[],
  values: readonly number[],
): number => values[levels.indexOf(level)] ?? Number.NaN

/** @param count of values of each kind @param spread of them, as a share of each */
export function paperTruth(count: number, spread = 0.01): Observed {
  const random = createRandom(3)
  const observations: Observation[] = []
  const put = (
    scenario: string,
    measure: string,
    unit: Observation['unit'],
    factors: Factors,
    truth: number,
  ) => {
    for (const [index, value] of drawn(count, () => normal(random, truth, spread * truth)).entries())
      observations.push({
        scenario,
        measure,
        unit,
        origin: 'measured',
        factors,
        repetition: index + 1,
        value,
      })
  }
  for (const link of links) {
    const slower = by(link, links, [1, 1.6])
    const more = by(link, links, [1, 1.08])
    for (const role of ['manager', 'worker']) put('idle', 'power', 'W', { link, role }, 1.3 * more)
    for (const operation of operations) {
      const heavier = by(operation, operations, [1, 1.2, 2])
      for (const mode of ['native', 'pair'])
        for (const size of [1000, 2000])
          put(
            'response-time',
            'response_time',
            'ms',
            { link, mode, operation, size },
            (40 * heavier * slower * size) / 1000,
          )
      for (const mode of ['pair', 'cluster']) {
        put('computation', 'cpu', 'share', { link, mode, operation, role: 'worker' }, 0.15 * heavier)
        put(
          'computation',
          'power',
          'W',
          { link, mode, operation, role: 'worker' },
          (1.3 + 0.3 * heavier) * more,
        )
        put('computation', 'cpu', 'share', { link, mode, operation, role: 'manager' }, 0.03)
        put('computation', 'power', 'W', { link, mode, operation, role: 'manager' }, 1.4 * more)
      }
    }
    for (const capability of capabilities) {
      const factors = { link, mode: 'pair', capability }
      put('sensing', 'power', 'W', factors, (capability === 'passive-buzzer' ? 1.6 : 1.4) * more)
      put('sensing', 'cpu', 'share', factors, 0.015)
      put('sensing', 'cpu_peak', 'share', { ...factors, moment: 'activation' }, 0.3)
      put('sensing', 'cpu_peak', 'share', { ...factors, moment: 'get' }, 0.05)
      put('sensing', 'cpu_moment', 'share', { ...factors, moment: 'get' }, 0.05)
      put('sensing', 'cpu_moment', 'share', { ...factors, moment: 'between' }, 0.01)
    }
  }
  for (const mode of ['pair', 'cluster'])
    for (const role of ['manager', 'worker']) {
      put('lifecycle', 'cpu', 'share', { link: 'ethernet', mode, role }, 0.1)
      for (const moment of ['rest', 'task', 'activation', 'removal'])
        put(
          'lifecycle',
          'cpu_peak',
          'share',
          { link: 'ethernet', mode, role, moment },
          moment === 'rest' ? 0.05 : 0.5,
        )
    }
  for (const link of ['direct', 'wlan', 'ethernet']) {
    put('activation', 'activation_time', 'ms', { link, mode: 'pair' }, 900)
    put(
      'activation',
      'activation_time',
      'ms',
      { link, mode: 'cluster' },
      by(link, ['direct', 'wlan', 'ethernet'], [1500, 1700, 2000]),
    )
  }
  for (const workers of [1, 2, 4, 8]) {
    const large = workers > 4 ? 3 : 1
    put('device-scale', 'activation_time', 'ms', { link: 'ethernet', workers }, 1500 * large)
    put('device-scale', 'response_time', 'ms', { link: 'ethernet', workers }, 40 * large)
    for (const role of ['manager', 'worker']) {
      put('device-scale', 'cpu', 'share', { link: 'ethernet', workers, role }, 0.02 * large)
      put('device-scale', 'memory', 'bytes', { link: 'ethernet', workers, role }, 2 ** 27 * large)
    }
  }
  return { observations, courses: [], failures: [] }
}
