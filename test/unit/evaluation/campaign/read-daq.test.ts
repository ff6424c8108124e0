import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readDaqPower } from '../../../../evaluation/campaign/read-daq.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-daq-'))
  writeFileSync(join(folder, 'volts.csv'), '1000,0.1,0.2\n1001,0.1,0.2\n')
  for (const [file, shunt] of [
    ['one.yaml', 1],
    ['two.yaml', 2],
  ] as const)
    writeFileSync(
      join(folder, file),
      `name: USB\ntime: 0\ntimeUnit: epoch-s\nshunt: ${shunt}\nshuntOhms: 1\nsupplyVolts: 5.2\n`,
    )
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

it('reads one file for two hosts, each by its own columns', () => {
  const daqs = readDaqPower(
    [`gate=${at('volts.csv')}`, `board=${at('volts.csv')}`],
    [at('one.yaml'), `board=${at('two.yaml')}`],
  )
  expect(daqs.map(({ host, readings }) => [host, readings[0]?.watts.toFixed(3)])).toEqual([
    ['gate', '0.510'],
    ['board', '1.000'],
  ])
  expect(daqs[0]?.info).toEqual({ name: 'daq:USB', origin: 'measured', detail: 'volts.csv, 1 Ω shunt' })
})

it.each([
  [['board=volts.csv'], [], 'needs --daq-config'],
  [['volts.csv'], ['one.yaml'], 'does not say whose power'],
  [['a=volts.csv', 'a=volts.csv'], ['one.yaml'], 'twice'],
  [['a=volts.csv'], ['b=one.yaml'], 'has no --daq b=FILE'],
  [[], ['one.yaml'], 'there is none'],
])('refuses %j with %j', (files, configs, reason) => {
  // Paths of the folder: what is refused is how they are named.
  const placed = (words: readonly string[]) =>
    words.map((word) => word.replace(/([a-z]+\.(csv|yaml))$/, at('$1')))
  expect(() => readDaqPower(placed(files), placed(configs))).toThrow(reason)
})
