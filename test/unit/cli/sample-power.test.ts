import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { run } from '../../../src/cli/run.ts'
import { sampleCommand } from '../../../src/cli/sample-command.ts'
import {
  parseRecord,
  renderRecord,
  type TelemetryHeader,
  type TelemetrySample,
} from '../../../src/telemetry/record.ts'

const startMs = Date.UTC(2026, 10, 28, 12)

const header: TelemetryHeader = {
  type: 'header',
  version: 1,
  node: 'pi',
  kernel: '6.1',
  nodeVersion: 'v24',
  cpus: 4,
  clock: 'realtime',
  source: 'machine',
  intervalMs: 1000,
  startedAt: new Date(startMs).toISOString(),
}

const sampleAt = (seconds: number): TelemetrySample => ({
  type: 'sample',
  atMs: startMs + seconds * 1000,
  elapsedMs: seconds * 1000,
  cpu_share: 0.5,
  cpu_user_share: 0.5,
  cpu_system_share: 0,
  cpu_wait_share: 0,
  load_1min: 0,
  load_5min: 0,
  load_15min: 0,
  memory_used_bytes: 1,
  network_received_bytes_per_second: 0,
  network_sent_bytes_per_second: 0,
  power_watts: null,
  container_cpu_share: {},
})

const config = `
name: USB-1608FS-Plus
rateHz: 10
startedAt: 2026-11-28T12:00:00Z
shunt: 0
shuntOhms: 0.1
supplyVolts: 5.1
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-daq-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** 0.1 V over 0.1 Ω at 5.1 V are 5 W; for three seconds. */
const csv = '0.1\n'.repeat(31)

async function power(lines: string, words: readonly string[] = [], daq = csv, yaml = config) {
  for (const [name, text] of [
    ['run.jsonl', lines],
    ['daq.csv', daq],
    ['daq.yaml', yaml],
  ] as const)
    writeFileSync(join(folder, name), text)
  const said = { out: '', err: '' }
  const io: Io = {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    isTerminal: false,
    env: {},
    signal: new AbortController().signal,
  }
  const at = (name: string): string => join(folder, name)
  const argv = [
    'sample',
    'power',
    at('run.jsonl'),
    '--daq',
    at('daq.csv'),
    '--config',
    at('daq.yaml'),
    ...words,
  ]
  const commands = { sample: { summary: '', load: async () => sampleCommand } }
  return { exitCode: await run(commands, argv, io, '1'), ...said }
}

const text = (...records: readonly (TelemetryHeader | TelemetrySample)[]): string =>
  records.map(renderRecord).join('')

it('gives each sample the mean of its interval, and none to what was not measured to its end', async () => {
  const { exitCode, out, err } = await power(
    `${text(header, sampleAt(1), sampleAt(3), sampleAt(4))}{"type":"sam`,
  )
  expect(err).toBe('power of 2 of 3 samples\n')
  expect(exitCode).toBe(0)
  const records = out.trim().split('\n').map(parseRecord)
  expect(records[0]).toMatchObject({
    node: 'pi',
    power: { name: 'daq:USB-1608FS-Plus', origin: 'measured', detail: 'daq.csv, 0.1 Ω shunt' },
  })
  expect(records.slice(1)).toMatchObject([
    { power_watts: 5, cpu_share: 0.5 },
    { power_watts: 5 },
    { power_watts: null },
  ])
})

it('does not put measured beside modelled power, unless it is to replace all of it', async () => {
  const modelled = { name: 'model:pi3b', origin: 'modelled', detail: '' } as const
  const lines = text(
    { ...header, power: modelled },
    { ...sampleAt(1), power_watts: 1 },
    { ...sampleAt(9), power_watts: 1 },
  )
  const refused = await power(lines)
  expect(refused).toMatchObject({ exitCode: 1, out: '' })
  expect(refused.err).toMatch(/error\[POWER_MIXED\].*modelled already, by model:pi3b/)
  const { out } = await power(lines, ['--replace'])
  expect(out).not.toContain('modelled')
  expect(out.match(/"power_watts":[^,}]*/g)).toEqual(['"power_watts":5', '"power_watts":null'])
})

it.each([
  [
    'readings of another hour',
    text(header, sampleAt(1)),
    csv,
    config.replace('T12', 'T11'),
    /DAQ_INVALID.*reach over no sample.*T11:00.*T12:00/s,
  ],
  [
    'a line that is no record',
    `${text(header)}x\n${text(sampleAt(1))}`,
    csv,
    config,
    /RECORDS_INVALID.*line 2/,
  ],
  ['a CSV for a run', 'epoch,usr\n1,2\n', csv, config, /RECORDS_INVALID.*line 1/],
  ['an empty run', '', csv, config, /RECORDS_INVALID.*begin with a header/],
  ['a broken row', text(header, sampleAt(1)), '0.1\nx\n', config, /DAQ_INVALID.*line 2/],
  [
    'a wrong key',
    text(header, sampleAt(1)),
    csv,
    `${config}shnut: 1\n`,
    /DAQ_INVALID.*did you mean "shunt"/s,
  ],
])('refuses %s', async (_, lines, daq, yaml, reason) => {
  const { exitCode, out, err } = await power(lines, [], daq, yaml)
  expect(err).toMatch(reason)
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
})
