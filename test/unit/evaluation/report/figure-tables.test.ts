import { expect, it } from 'vitest'
import type { Figure } from '../../../../evaluation/report/figure.ts'
import { figureTables } from '../../../../evaluation/report/figure-tables.ts'
import { bars, growth, someFigures } from './some-figures.ts'

const [plain] = someFigures() as readonly [Figure]

it('says of each table where its own numbers come from', () => {
  const power = { ...bars('power', ['a'], ['x'], 3, 'W'), origins: ['modelled'] as const }
  const panels = [power, bars('memory', ['a'], ['x'], 3, 'MiB')]
  const tables = figureTables({ ...plain, origins: ['modelled', 'emulated'], panels })
  expect(tables.map(({ title }) => title)).toEqual(['power (modelled)', 'memory (modelled, emulated)'])
})

it('counts things in whole numbers', () => {
  const [table] = figureTables({ ...plain, panels: [growth()] })
  expect(table?.rows.map(([count]) => count)).toEqual(['1', '2', '4', '8', '16', '32'])
})
