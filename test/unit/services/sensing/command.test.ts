import { encode } from 'cborg'
import { describe, expect, it } from 'vitest'
import type { Capability } from '../../../../services/sensing/capability.ts'
import { parseCommand } from '../../../../services/sensing/command.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'

const { TextPlain, Json, Cbor, SenmlJson, SenmlCbor } = ContentFormat
const bytes = (payload: string | Uint8Array) => (typeof payload === 'string' ? Buffer.from(payload) : payload)
const parse = (payload: string | Uint8Array, format: number, capability: Capability = 'passive-buzzer') =>
  parseCommand(bytes(payload), format, capability)
const usual = { isOn: true, tone: { frequencyHz: 2500, duty: 0.5 }, pulseMs: 500, isSteady: false }
const loud = { isOn: true, tone: { frequencyHz: 3000, duty: 0.25 }, pulseMs: 200, isSteady: true }

describe('a command', () => {
  it.each([
    ['on', TextPlain],
    [' ON\n', TextPlain],
    ['true', Json],
    ['{"on": true}', Json],
    [encode(true), Cbor],
    [encode({ on: true }), Cbor],
    ['[{"vb": true}]', SenmlJson],
    ['[{"bn": "tone-1/", "n": "passive-buzzer", "vb": true}]', SenmlJson],
    [encode([new Map([[4, true]])]), SenmlCbor],
  ])('%j as %i is on, as usual', (payload, format) => {
    expect(parse(payload, format)).toEqual(usual)
  })

  it.each([
    ['off', TextPlain],
    ['false', Json],
    ['{"on": false}', Json],
    [encode({ on: false }), Cbor],
    ['[{"n": "passive-buzzer", "vb": false}]', SenmlJson],
  ])('%j as %i is off', (payload, format) => {
    expect(parse(payload, format)).toEqual({ isOn: false })
  })

  it('says how, in any language', () => {
    const settings = { on: true, frequencyHz: 3000, duty: 0.25, pulseMs: 200, steady: true }
    expect(parse(JSON.stringify(settings), Json)).toEqual(loud)
    expect(parse(encode(settings), Cbor)).toEqual(loud)
  })

  it('says how in SenML, in its base units', () => {
    const records = [
      { bn: 'tone-1/', n: 'passive-buzzer', vb: true },
      { n: 'frequency', u: 'Hz', v: 3000 },
      { n: 'duty', u: '/', v: 0.25 },
      { n: 'pulse', u: 's', v: 0.2 },
    ]
    const labels: Record<string, number> = { bn: -2, n: 0, u: 1, v: 2, vb: 4 }
    const cbor = records.map(
      (each) => new Map(Object.entries(each).map(([name, value]) => [labels[name], value])),
    )
    const expected = { ...loud, isSteady: false }
    expect(parse(JSON.stringify(records), SenmlJson)).toEqual(expected)
    expect(parse(encode(cbor), SenmlCbor)).toEqual(expected)
  })

  it.each([
    ['', TextPlain, "byte 0: expected on or off, got ''"],
    ['  maybe', TextPlain, "byte 2: expected on or off, got 'maybe'"],
    [Buffer.from([0xff, 0xfe, 0x00]), TextPlain, "byte 0: expected on or off, got '???'"],
    ['', Json, 'byte 0: expected on or off, got nothing'],
    ['{"on": tru}', Json, /^byte \d+: not JSON: /],
    ['{"on": true', Json, /^byte 11: not JSON: /],
    [Buffer.from([0xa1, 0x62, 0x6f]), Cbor, /^byte \d+: not CBOR: /],
    ['[1]', Json, 'the payload: expected true, false or {"on": …}, got a list'],
    ['{}', Json, 'on: expected true or false, got nothing'],
    ['{"on": "yes"}', Json, "on: expected true or false, got 'yes'"],
    ['{"on":true,"frequencyHz":9000}', Json, "frequencyHz: expected 2000 to 5000 Hz, got '9000'"],
    ['{"on":true,"frequencyHz":1999.9}', Json, "frequencyHz: expected 2000 to 5000 Hz, got '1999.9'"],
    ['{"on":true,"frequencyHz":"3000"}', Json, "frequencyHz: expected 2000 to 5000 Hz, got '3000'"],
    ['{"on":true,"duty":1}', Json, "duty: expected 0.01 to 0.99, got '1'"],
    ['{"on":true,"pulseMs":0}', Json, "pulseMs: expected 10 to 60000 ms, got '0'"],
    ['{"on":true,"steady":1}', Json, "steady: expected true or false, got '1'"],
    [
      '{"on":true,"frequency":3000}',
      Json,
      "'frequency': a passive-buzzer has no such setting, did you mean frequencyHz?",
    ],
    [encode(new Map([[7, 1]])), Cbor, /^'7': a passive-buzzer has no such setting, there are on, /],
    [encode({ on: true, duty: Number.NaN }), Cbor, /^(duty|byte \d+): /],
    ['[{"n": "volume", "v": 3}]', SenmlJson, /^'volume': a passive-buzzer has no such setting/],
    ['[{"n": "frequency", "v": 3000}]', SenmlJson, 'on: expected true or false, got nothing'],
    ['[]', SenmlJson, 'the payload: expected true, false or {"on": …}, got a list'],
    ['[[]]', SenmlJson, 'the payload: expected true, false or {"on": …}, got a list'],
    ['7', SenmlJson, `the payload: expected true, false or {"on": …}, got '7'`],
  ])('%j as %i is none, and the refusal says where', (payload, format, reason) => {
    expect(() => parse(payload, format)).toThrow(reason)
  })

  it('has no settings where there is nothing to set', () => {
    expect(() => parse('{"on":true,"frequencyHz":3000}', Json, 'laser')).toThrow(
      "'frequencyHz': a laser has no such",
    )
    expect(() => parse('{"on":true,"pulseMs":30}', Json, 'flame')).toThrow("'pulseMs': a flame has no such")
    expect(parse('{"on":true,"pulseMs":30}', Json, 'laser')).toEqual({ ...usual, pulseMs: 30 })
  })
})
