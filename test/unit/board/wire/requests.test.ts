import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseControlRequest } from '../../../../src/board/wire/control-request.ts'
import { parseDeviceRequest } from '../../../../src/board/wire/device-request.ts'

describe('requests to a device', () => {
  it.each([
    '{"op":"open","as":"output"}',
    '{"op":"write","value":1}',
    '{"op":"pwm","frequencyHz":2500,"duty":0.5}',
    '{"op":"read"}',
    ' {"op" : "watch"} \r',
  ])('%s is one', (line) => {
    expect(parseDeviceRequest(line)).toEqual(JSON.parse(line))
  })

  it.each([
    ['', 'a request is one JSON object on one line'],
    ['{"op":"read"', 'a request is one JSON object on one line'],
    ['null', 'expected an op: open, write, pwm, read, watch'],
    ['[{"op":"read"}]', 'expected an op: open, write, pwm, read, watch'],
    ['{"op":"raed"}', 'did you mean the op read?'],
    ['{"op":"open","as":"camera"}', 'as: Invalid option: expected one of "output"|"input"|"pwm"|"sensor"'],
    ['{"op":"write","value":2}', 'value: Invalid option: expected one of 0|1'],
    ['{"op":"write","value":true}', 'value: Invalid option: expected one of 0|1'],
    ['{"op":"pwm","frequencyHz":0,"duty":0.5}', 'frequencyHz: Too small: expected number to be >0'],
    ['{"op":"pwm","frequencyHz":1,"duty":1.1}', 'duty: Too big: expected number to be <=1'],
    ['{"op":"read","as":"sensor"}', 'Unrecognized key: "as"'],
  ])('%s is none', (line, words) => {
    expect(parseDeviceRequest(line)).toBe(words)
  })

  it('are told from any other text without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => typeof parseDeviceRequest(line) === 'string'),
    )
    fc.assert(fc.property(fc.json(), (line) => typeof parseDeviceRequest(line) === 'string'))
  })
})

describe('requests to a board', () => {
  it.each([
    '{"op":"status"}',
    '{"op":"record","after":3}',
    '{"op":"set","device":"flame","value":1}',
    '{"op":"set","device":"climate","value":null,"reading":"temperature"}',
    '{"op":"unplug","device":"flame"}',
    '{"op":"replug","device":"flame"}',
    '{"op":"time"}',
  ])('%s is one', (line) => {
    expect(parseControlRequest(line)).toEqual(JSON.parse(line))
  })

  it.each([
    ['{"op":"set","device":"flame"}', 'value: Invalid input: expected number, received undefined'],
    ['{"op":"unplug"}', 'device: Invalid input: expected string, received undefined'],
    ['{"op":"replugg","device":"x"}', 'did you mean the op replug?'],
    ['{"op":"record","after":-1}', 'after: Too small: expected number to be >=0'],
  ])('%s is none', (line, words) => {
    expect(parseControlRequest(line)).toBe(words)
  })
})
