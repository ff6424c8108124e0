import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../../../src/board/kinds.ts'
import { parseScript } from '../../../../src/board/script/parse-script.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

/** The lines of the reason, without the sentence before them. */
function problems(text: string): readonly string[] {
  try {
    parseScript(text, 'board.yaml')
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'BOARD_INVALID') {
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    }
    throw error
  }
  return []
}

const withDevice = (device: string): string => `board: b\ndevices:\n  d: ${device}\n`

describe('a script', () => {
  it('says the least and gets the rest', () => {
    const script = parseScript(withDevice('{kind: laser}'), 'board.yaml')
    expect(script).toMatchObject({ name: 'b', speed: 1, seed: 1, startsAtS: 12 * 3600 })
    expect(script.devices).toEqual([
      { name: 'd', kind: 'laser', unplugged: [], fails: [], stuck: [], world: { of: 'actuator' } },
    ])
  })

  it('takes spans in every unit, and plain seconds', () => {
    const text = withDevice(
      '{kind: flame, flames: [{from: 1.5m, to: 2h, every: 1d}, {from: 30, to: 30500ms}, {from: 40s}]}',
    )
    expect(parseScript(text, 'board.yaml').devices[0]?.world).toEqual({
      of: 'flame',
      flames: [
        { fromS: 90, toS: 7200, everyS: 86_400 },
        { fromS: 30, toS: 30.5, everyS: undefined },
        { fromS: 40, toS: Number.POSITIVE_INFINITY, everyS: undefined },
      ],
    })
  })

  it('gives a DHT11 whole readings within its range, and a DHT22 tenths', () => {
    const resolutions = ['dht11', 'dht22'].map((sensor) => {
      const { world } =
        parseScript(withDevice(`{kind: humidity, sensor: ${sensor}, humidity: 41}`), '').devices[0] ?? {}
      return world?.of === 'sensor'
        ? world.quantities.map(({ resolution, min, max }) => [resolution, min, max])
        : []
    })
    expect(resolutions).toEqual([
      [
        [1, 20, 90],
        [1, 0, 50],
      ],
      [
        [0.1, 0, 100],
        [0.1, -40, 80],
      ],
    ])
  })

  it('is an example of the project where it is one', () => {
    const folder = new URL('../../../../examples/boards/', import.meta.url)
    const files = readdirSync(folder)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) parseScript(readFileSync(new URL(file, folder), 'utf8'), file)
  })

  it('has at least an example with every kind', () => {
    const file = new URL('../../../../examples/boards/greenhouse.yaml', import.meta.url)
    const found = parseScript(readFileSync(file, 'utf8'), '').devices.map(({ kind }) => kind)
    expect([...new Set(found)].sort()).toEqual([...kinds].sort())
  })
})

describe('a script with problems', () => {
  it.each([
    ['', ['(the file): expected a map with board, seed, speed, startsAt, devices; got nothing']],
    ['[]', ['(the file): expected a map with board, seed, speed, startsAt, devices; got a list (line 1)']],
    ['board: b', ['devices: is missing (line 1)']],
    ['board: b\ndevices: {}', ['devices: expected at least one device (line 2)']],
    ['board: b\ndevices: []', ['devices: expected a map of devices by name; got a list (line 2)']],
    [
      'board: B!\ndevices:\n  x: {kind: laser}',
      [
        'board: expected a name, lower-case letters, digits and dashes, a letter first, at most 32; got "B!" (line 1)',
      ],
    ],
    [
      'board: b\nspeeed: 2\ndevices:\n  Bad_Name: {kind: laser}\n  d: {kind: lasser}\n  e: {kind: 7}\n  f: {}\n  g: laser',
      [
        'devices.Bad_Name: expected a name, lower-case letters, digits and dashes, a letter first, at most 32; got "Bad_Name" (line 4)',
        'devices.d.kind: unknown kind "lasser"; did you mean "laser"? (line 5)',
        'devices.e.kind: unknown kind 7; known: laser, active-buzzer, passive-buzzer, sound, flame, light, humidity (line 6)',
        'devices.f.kind: kind is missing: laser, active-buzzer, passive-buzzer, sound, flame, light, humidity (line 7)',
        'devices.g: expected a map with kind; got "laser" (line 8)',
        'speeed: unknown key "speeed"; did you mean "speed"? (line 2)',
      ],
    ],
    [
      'board: b\ndevices:\n  control: {kind: laser}',
      ['devices.control: the board itself has a socket of that name; take another (line 3)'],
    ],
    [
      withDevice('{kind: flame, flame: [], bursts: []}'),
      [
        'devices.d.flame: unknown key "flame"; did you mean "flames"? (line 3)',
        'devices.d.bursts: unknown key "bursts"; known here: kind, unplugged, stuck, flames (line 3)',
      ],
    ],
    [
      withDevice(
        '{kind: flame, flames: [{form: 3s}, {from: 5s, to: 5s}, {from: soon}, {from: 1s, every: 2s}, {from: -1}]}',
      ),
      [
        'devices.d.flames[0].from: is missing (line 3)',
        'devices.d.flames[0].form: unknown key "form"; did you mean "from"? (line 3)',
        'devices.d.flames[1].to: expected a time after from (line 3)',
        'devices.d.flames[2].from: expected seconds, or a span such as 30s, 5m, 1h, 200ms; got "soon" (line 3)',
        'devices.d.flames[3].every: a window that comes again needs its end, to (line 3)',
        'devices.d.flames[4].from: expected seconds, or a span such as 30s, 5m, 1h, 200ms; got -1 (line 3)',
      ],
    ],
    [
      withDevice('{kind: flame, unplugged: [{from: 0, to: 10s, every: 5s}], stuck: [{from: 1, value: 2}]}'),
      [
        'devices.d.unplugged[0].every: expected at least as long as from to to (line 3)',
        'devices.d.stuck[0].value: expected 0 or 1; got 2 (line 3)',
      ],
    ],
    [
      withDevice(
        '{kind: humidity, humidity: {value: 4, points: []}, temperature: warm, fails: [{from: 1, error: eror}]}',
      ),
      [
        'devices.d.humidity.points: expected at least one point (line 3)',
        'devices.d.humidity: expected one of value, points and day (line 3)',
        'devices.d.temperature: expected a number, or a map with value, points or day; got "warm" (line 3)',
        'devices.d.fails[0].error: expected checksum or timeout or stuck; got "eror" (line 3)',
      ],
    ],
    [
      withDevice(
        '{kind: light, illuminance: {wander: 3, noise: -1}, fails: [{from: 1, error: checksum, share: 0}]}',
      ),
      [
        'devices.d.illuminance.noise: expected a number from 0 to 1000000; got -1 (line 3)',
        'devices.d.illuminance: expected one of value, points and day (line 3)',
        'devices.d.illuminance.wander: goes with value (line 3)',
        'devices.d.fails[0].error: expected timeout or stuck; got "checksum" (line 3)',
        'devices.d.fails[0].share: expected a number above 0, at most 1; got 0 (line 3)',
      ],
    ],
    [
      withDevice('{kind: light, illuminance: {day: {sunrise: "20:00", sunset: "6:00"}, wander: 3}}'),
      [
        'devices.d.illuminance.day.sunset: expected a time after sunrise (line 3)',
        'devices.d.illuminance.wander: goes with value (line 3)',
      ],
    ],
    [
      withDevice('{kind: light, illuminance: {wander: 3}}'),
      [
        'devices.d.illuminance: expected one of value, points and day (line 3)',
        'devices.d.illuminance.wander: goes with value (line 3)',
      ],
    ],
    [withDevice('{kind: light}'), ['devices.d.illuminance: is missing (line 3)']],
    [
      withDevice('{kind: light, illuminance: {points: [{at: 5s, value: 1}, {at: 5s, value: 2}]}}'),
      ['devices.d.illuminance.points: expected each point later than the one before (line 3)'],
    ],
    [
      withDevice('{kind: sound, randomBursts: {perMinute: 30, lasts: 3s}, changesHz: 0}'),
      [
        'devices.d.randomBursts.lasts: expected above 0 and no longer than from one burst to the next (line 3)',
        'devices.d.changesHz: expected a number above 0, at most 1000; got 0 (line 3)',
      ],
    ],
    [
      'board: b\nstartsAt: 25:00\nspeed: fast\nseed: -1\ndevices:\n  d: {kind: laser}',
      [
        'seed: expected a number from 0 to 9007199254740991; got -1 (line 4)',
        'speed: expected a number above 0, at most 100000; got "fast" (line 3)',
        'startsAt: expected a time of day in quotes, such as "06:30"; got "25:00" (line 2)',
      ],
    ],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it('tells where its YAML is wrong', () => {
    expect(problems('board: b\ndevices: {d: [}')).toEqual([
      expect.stringMatching(/^line 2, column \d+: /),
      ...problems('board: b\ndevices: {d: [}').slice(1),
    ])
    expect(problems('board: b\nboard: c')[0]).toMatch(/^line 2, column 1: Map keys must be unique/)
  })

  it('is refused before it takes the memory: a bomb of aliases, a text without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'.split('').map((key, index) => {
        const before = 'abcdefghij'[index]
        return `${key}: &${key} [*${before},*${before},*${before},*${before},*${before},*${before},*${before},*${before}]`
      }),
    ].join('\n')
    expect(problems(bomb)[0]).toMatch(/alias/)
    expect(problems('#'.repeat(300_000))).toEqual([
      '(the file): expected at most 262144 characters, got 300000',
    ])
  })
})
