import { describe, expect, it } from 'vitest'
import { type DaqConfig, parseDaqConfig } from '../../../../src/telemetry/power/daq-config.ts'
import { parseDaqCsv } from '../../../../src/telemetry/power/daq-csv.ts'

const config = (text: string): DaqConfig => parseDaqConfig(text, 'daq.yaml')

const titled = config(`
time: Time (s)
startedAt: 2026-11-28T14:00:00+02:00
shunt: CH0
shuntOhms: 0.1
supply: CH1
`)
const startMs = Date.UTC(2026, 10, 28, 12)

describe('the description of a DAQ’s file', () => {
  it.each([
    ['shunt: 1\nshuntOhms: 0.1\nsupplyVolts: 5\nrateHz: 100', 'startedAt: is missing'],
    [
      'shunt: 1\nshuntOhms: 0.1\nsupplyVolts: 5\ntime: 0\ntimeUnit: epoch-ms\nrateHz: 5',
      'either a column, or rateHz',
    ],
    ['shunt: 1\nshuntOhms: 0.1\ntime: 0\ntimeUnit: epoch-s', 'either a column, or supplyVolts'],
    [
      'shunt: 1\nshuntOhms: 0\nsupplyVolts: 5\ntime: 0\ntimeUnit: epoch-s',
      'shuntOhms: expected more than 0, got 0',
    ],
    ['shunt: 1\nshuntOhm: 0.1\nsupplyVolts: 5', 'did you mean "shuntOhms"?'],
    [
      'shunt: 1\nshuntOhms: 1\nsupplyVolts: 5\ntime: 0\nstartedAt: 2026-11-28T14:00',
      'a moment with its zone',
    ],
    ['shunt: 1\nshuntOhms: 1\nsupplyVolts: 5\ntime: 0\nstartedAt: 2026-19-28T14:00Z', 'there is no moment'],
    [
      'shunt: 1\nshuntOhms: 1\nsupplyVolts: 5\ntime: 0\ntimeUnit: h',
      'one of s, ms, epoch-s, epoch-ms, got "h"',
    ],
    ['shunt: [', 'line 1:'],
    ['shunt: &a 1\nshuntOhms: *a\nsupplyVolts: 5', 'Alias resolution'],
    ['', 'shunt: expected'],
  ])('is refused with what is wrong: %j', (text, reason) => {
    expect(() => config(text)).toThrow(reason)
  })

  it('says every problem at once', () => {
    expect(() => config('shunt: -1\nshuntOhms: x\nvolts: 5')).toThrow(/shunt: .*\n.*shuntOhms: .*\n.*volts/s)
  })
})

describe('the file of a DAQ', () => {
  it('is volts over a shunt', () => {
    const readings = parseDaqCsv(
      '\uFEFF"Time (s)","CH0","CH1"\r\n# by hand\r\n0,0.03,5.1\r\n\r\n0.001,0.06,5.1\r\n',
      titled,
      'x.csv',
    )
    expect(readings.map(({ atMs }) => atMs - startMs)).toEqual([0, 1])
    expect(readings[0]?.watts).toBeCloseTo(0.3 * 5.07)
    expect(readings[1]?.watts).toBeCloseTo(0.6 * 5.04)
  })

  it('may have neither titles nor times, an amplifier, and lines before the rows', () => {
    const readings = parseDaqCsv(
      'Device: USB-1608FS-Plus\nRange: 1 V, 5 V\n1;2.0\n2;1.0\n',
      config(
        'skipLines: 2\nseparator: ";"\nrateHz: 4\nstartedAt: 2026-11-28T12:00:00Z\nshunt: 1\nshuntOhms: 0.1\nshuntGain: 100\nsupplyVolts: 5',
      ),
      'x.csv',
    )
    expect(readings.map(({ atMs }) => atMs - startMs)).toEqual([0, 250])
    expect(readings[0]?.watts).toBeCloseTo(0.2 * 4.98)
  })

  it('may tell time since 1970', () => {
    const rest = 'time: 0\nshunt: 1\nshuntOhms: 0.1\nsupplyVolts: 5\n'
    expect(parseDaqCsv('1700000000,0.02', config(`${rest}timeUnit: epoch-s`), 'x.csv')[0]?.atMs).toBe(1.7e12)
    expect(parseDaqCsv('1700000000000,0.02', config(`${rest}timeUnit: epoch-ms`), 'x.csv')[0]?.atMs).toBe(
      1.7e12,
    )
  })

  it.each([
    ['Time (s),CH9\n0,1', 'no column "CH0"; there are "Time (s)", "CH9"'],
    ['0,1,2', 'it has no titles'],
    ['Time (s),CH0,CH1\n0,x,5', 'line 2: column 1 is "x"'],
    ['Time (s),CH0,CH1\n0,1', 'line 2: column 2 is ""'],
    ['Time (s),CH0,CH1\n5,0.1,5\n4,0.1,5', 'line 3: its time is before'],
    ['Time (s),CH0,CH1\n', 'it has no rows'],
    ['', 'it has no rows'],
  ])('is refused with its line: %j', (text, reason) => {
    expect(() => parseDaqCsv(text, titled, 'x.csv')).toThrow(reason)
  })
})
