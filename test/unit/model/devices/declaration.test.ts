import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDeclarations } from '../../../../src/model/devices/declaration.ts'
import { declarationsSchema } from '../../../../src/model/devices/declarations-schema.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

const problemsOf = (text: string): string[] => {
  try {
    parseDeclarations(text, 'devices.yaml')
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'DEVICES_INVALID')
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

describe('parseDeclarations', () => {
  it('reads every driver', () => {
    const text = `
- {id: a, capability: humidity, driver: iio, match: {name: dht11}}
- {id: b, capability: laser, driver: gpio, chip: gpiochip0, line: GPIO17, activeLow: true, bias: pull-up}
- {id: c, capability: passive-buzzer, driver: pwm, chip: pwmchip0, channel: 1}
- {id: d, capability: temperature, driver: hwmon, match: {name: cpu_thermal}, channel: temp1}
- {id: e, capability: temperature, driver: w1, match: {id: 28-0}}
- {id: f, capability: camera, driver: camera, path: /dev/video0, shared: 3}
- {id: g, capability: serial, driver: serial, path: /dev/ttyUSB0}
- {id: h, capability: bus, driver: i2c, path: /dev/i2c-1}
- {id: i, capability: bus, driver: spi, path: /dev/spidev0.0}
- {id: j, capability: random, driver: device, path: /dev/hwrng}
- {id: k, capability: flame, driver: simulated, board: greenhouse}
`
    expect(
      parseDeclarations(text, 'x')
        .map(({ id }) => id)
        .join(''),
    ).toBe('abcdefghijk')
  })

  it.each(['', '# nothing hangs here\n', '[]'])('takes %j for a node without devices', (text) => {
    expect(parseDeclarations(text, 'x')).toEqual([])
  })

  it('tells every problem at once, with its path and its line', () => {
    expect(
      problemsOf(`
- {id: a, capability: Humidity, driver: iio, match: {nam: dht11}}
- {id: b, capability: laser, driver: gpoi, chip: gpiochip0, line: 17}
- {id: c, capability: laser, driver: gpio, chip: gpiochip0, line: -17}
- {id: d, capability: laser, driver: gpio, chop: gpiochip0, line: 17}
- {id: e, capability: laser, driver: gpio, chip: gpiochip0, line: 1, shared: 0}
- 7
- {id: g, capability: x, driver: camera, path: video0}
`),
    ).toEqual([
      '[0].capability (line 2): expected small letters, digits and -, a letter first, at most 63, got "Humidity"',
      '[0].match (line 2): unknown key "nam"; did you mean "name"?',
      '[0].match (line 2): expected one of name, label, path',
      '[1].driver (line 3): expected one of gpio, pwm, iio, hwmon, w1, camera, serial, i2c, spi, device, simulated, got "gpoi"',
      '[2].line (line 4): expected at least 0, got -17',
      '[3].chip (line 5): is missing; expected string',
      '[3] (line 5): unknown key "chop"; did you mean "chip"?',
      '[4].shared (line 6): expected at least 1, got 0',
      '[5] (line 7): expected object, got 7',
      '[6].path (line 8): expected a path below /dev, without , ; or =, got "video0"',
    ])
  })

  it('refuses an id that is given twice', () => {
    const line = '- {id: a, capability: b, driver: device, path: /dev/null}\n'
    expect(problemsOf(line + line)).toEqual(['[1].id (line 2): "a" is the id of [0] already'])
  })

  it('names the place of an error in the syntax', () => {
    expect(problemsOf('- {id: a\n- b').join()).toMatch(/^line 2:1: /)
  })

  it('refuses aliases that multiply', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
    for (let level = 0; level < 8; level += 1) {
      const [own, last] = [String.fromCharCode(98 + level), String.fromCharCode(97 + level)]
      bomb.push(`${own}: &${own} [${Array(9).fill(`*${last}`).join(',')}]`)
    }
    expect(problemsOf(bomb.join('\n'))).toHaveLength(1)
  })

  it('throws nothing else, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        problemsOf(text)
        problemsOf(`- {id: a, capability: ${text}}`)
      }),
    )
  })

  it('has its schema published as it is', () => {
    const file = fileURLToPath(new URL('../../../../docs/devices.schema.json', import.meta.url))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(declarationsSchema())
  })
})
