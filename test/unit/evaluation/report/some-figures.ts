// Figures in every form that a report draws, with values of a seed in place of a run.

import { createRandom, type Random } from '../../../../evaluation/random.ts'
import type { BarsPanel, Figure, LinesPanel, StackPanel } from '../../../../evaluation/report/figure.ts'
import { estimateMean } from '../../../../evaluation/statistics.ts'

function around(mean: number, count: number, random: Random): number[] {
  return Array.from({ length: count }, () => mean * (0.9 + 0.2 * random()))
}

export function bars(
  title: string,
  categories: readonly string[],
  series: readonly string[],
  count: number,
  unit = 'ms',
): BarsPanel {
  const random = createRandom(7)
  return {
    kind: 'bars',
    title,
    x: { title: 'operation, integers', unit: '' },
    y: { title: 'response time', unit },
    categories,
    series,
    bars: categories.flatMap((category, at) =>
      series.map((name, by) => {
        const values = around((at + 1) * 12 + by * 5, count, random)
        return { category, series: name, estimate: count < 2 ? null : estimateMean(values), values }
      }),
    ),
  }
}

export function stack(): StackPanel {
  const random = createRandom(8)
  const parts = ['connect', 'send', 'create', 'start', 'ready']
  const categories = ['pair, ethernet', 'pair, wlan', 'cluster, ethernet', 'cluster, wlan', 'cluster, direct']
  return {
    kind: 'stack',
    title: 'Activation by phase',
    x: { title: 'mode and link', unit: '' },
    y: { title: 'activation time', unit: 's' },
    categories,
    parts,
    bars: categories.map((category, at) => {
      const means = parts.map((_, part) => 0.2 + 0.1 * part + 0.05 * at)
      const values = around(
        means.reduce((sum, mean) => sum + mean, 0),
        10,
        random,
      )
      return { category, means, estimate: estimateMean(values), values }
    }),
  }
}

export function course(title: string, names: readonly string[], marks: LinesPanel['marks']): LinesPanel {
  const random = createRandom(9)
  return {
    kind: 'lines',
    title,
    x: { title: 'time', unit: 's' },
    y: { title: 'CPU', unit: '%' },
    isStep: false,
    lines: names.map((name, by) => ({
      name,
      points: Array.from({ length: 61 }, (_, second) => [
        second,
        3 + by * 4 + 6 * random() + (second % 20 < 3 ? 25 : 0),
      ]),
    })),
    marks,
  }
}

export function distribution(names: readonly string[]): LinesPanel {
  const random = createRandom(10)
  return {
    kind: 'lines',
    title: 'Distribution of response times, ethernet',
    x: { title: 'response time', unit: 'ms' },
    y: { title: 'requests answered by then', unit: '%' },
    isStep: true,
    lines: names.map((name, by) => {
      const values = around(20 + by * 3, 200, random).sort((a, b) => a - b)
      return { name, points: values.map((value, index) => [value, (100 * (index + 1)) / values.length]) }
    }),
    marks: [],
  }
}

export function growth(): LinesPanel {
  const at = [1, 2, 4, 8, 16, 32]
  return {
    kind: 'lines',
    title: 'Memory of the device with its engine and all that the service takes',
    x: { title: 'containers on the device', unit: '' },
    y: { title: 'memory of the device with its engine', unit: 'MiB' },
    isStep: false,
    lines: [
      {
        name: 'ethernet',
        points: at.map((x) => [x, 60 + 22 * x]),
        intervals: at.map((x) => [x, 50 + 21 * x, 70 + 23 * x]),
      },
    ],
    marks: [],
  }
}

export const operations = [
  'average 1000',
  'average 2000',
  'mergesort 1000',
  'mergesort 2000',
  'bubblesort 1000',
  'bubblesort 2000',
]

const capabilities = [
  'active-buzzer',
  'passive-buzzer',
  'humidity and temperature',
  'laser',
  'light',
  'relay',
  'vibration switch',
]

function figure(id: string, paper: string, title: string, parts: Partial<Figure>): Figure {
  return {
    id,
    paper,
    title,
    caption: 'Mean and 95 % interval. One value is one CoAP PUT; both modes alternate in one probe.',
    origins: ['emulated'],
    panels: [],
    failures: 0,
    ...parts,
  }
}

const gets = Array.from({ length: 24 }, (_, index) => ({ x: 2 + index * 2, name: 'get' }))

export function someFigures(): readonly Figure[] {
  return [
    figure('table-1', 'Table I', 'Power of idle hosts', {
      origins: ['modelled'],
      panels: [bars('Idle', ['ethernet', 'wlan', 'direct'], ['manager', 'worker'], 10, 'W')],
    }),
    figure('fig-5', 'Fig. 5', 'Response time, native and in a container, over each link', {
      panels: [
        bars('ethernet', operations, ['native', 'pair'], 10),
        bars('wlan', operations, ['native', 'pair'], 200),
        distribution([
          'average 1000, native',
          'average 1000, pair',
          'mergesort 1000, native',
          'mergesort 1000, pair',
        ]),
      ],
      failures: 2,
    }),
    figure('fig-8', 'Fig. 8', 'CPU over 60 s: activation, task and removal', {
      panels: [
        course(
          'Worker, ethernet',
          ['pair', 'cluster'],
          [
            { x: 0, name: 'activation' },
            { x: 20, name: 'task' },
            { x: 40, name: 'removal' },
          ],
        ),
      ],
    }),
    figure('fig-10', 'Fig. 10', 'Activation time', { panels: [stack()] }),
    figure('fig-11', 'Fig. 11', 'Power while sensing', {
      origins: ['modelled'],
      panels: [bars('Sensing', capabilities, ['ethernet', 'wlan', 'direct'], 24, 'W')],
    }),
    figure('fig-13', 'Fig. 13', 'CPU over time, active buzzer', {
      panels: [
        course(
          'Active buzzer',
          ['ethernet', 'wlan', 'direct'],
          [{ x: 0, name: 'put on' }, ...gets, { x: 55, name: 'put off' }],
        ),
      ],
    }),
    figure('containers-per-device', 'beyond the paper', 'Containers on one device', {
      panels: [growth(), bars('One value', ['1', '2', '32'], ['ethernet'], 1)],
    }),
    figure('devices-per-cluster', 'beyond the paper', 'Devices in a cluster', { failures: 3 }),
  ]
}
