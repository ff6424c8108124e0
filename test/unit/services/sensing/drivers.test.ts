// The contract of drivers, over what hangs on a board's socket and over trees of files as the kernel's sysfs has them.
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Capability } from '../../../../services/sensing/capability.ts'
import type { SensorDriver } from '../../../../services/sensing/driver.ts'
import { hwmonSensor } from '../../../../services/sensing/drivers/hwmon.ts'
import { iioSensor } from '../../../../services/sensing/drivers/iio.ts'
import { pwmTone } from '../../../../services/sensing/drivers/pwm.ts'
import {
  simulatedSensor,
  simulatedSwitch,
  simulatedTone,
} from '../../../../services/sensing/drivers/simulated.ts'
import { w1Sensor } from '../../../../services/sensing/drivers/w1.ts'
import { actuatorContract, type SensorRig, sensorContract } from './driver-contract.ts'
import { startSmallBoard } from './small-board.ts'

sensorContract('a flame sensor on a simulated board', async () => {
  const board = await startSmallBoard('flame')
  return {
    driver: simulatedSensor(board.socket, 'flame'),
    situations: ([0, 1, 0] as const).map((level) => ({
      make: () => {
        board.failure = undefined
        board.setLevel(level)
      },
      readings: [{ name: 'level', value: level === 1 }],
    })),
    failures: {
      stuck: () => {
        board.failure = { error: 'stuck', text: 'the line does not follow' }
      },
      failed: () => board.say('no answer at all\n'),
    },
    isExclusive: true,
    takeAway: () => board.unplug(),
    bringBack: () => board.replug(),
    stop: () => board.stop(),
  }
})

sensorContract('a DHT11 on a simulated board', async () => {
  const board = await startSmallBoard('humidity')
  const refuse = (error: string) => () => {
    board.failure = { error, text: `the sensor has ${error}` }
  }
  return {
    driver: simulatedSensor(board.socket, 'humidity'),
    situations: [41, 42].map((value) => {
      const readings = [{ name: 'humidity', unit: '%RH', value }]
      return {
        make: () => {
          board.failure = undefined
          board.readings = readings
        },
        readings,
      }
    }),
    failures: { checksum: refuse('checksum'), timeout: refuse('timeout'), failed: refuse('no such word') },
    isExclusive: true,
    takeAway: () => board.unplug(),
    bringBack: () => board.replug(),
    stop: () => board.stop(),
  }
})

actuatorContract('a laser on a simulated board', 'switch', async () => {
  const board = await startSmallBoard('laser')
  return {
    driver: simulatedSwitch(board.socket),
    output: async () => board.edges.at(-1) === 1,
    isExclusive: true,
    takeAway: () => board.unplug(),
    bringBack: () => board.replug(),
    stop: () => board.stop(),
  }
})

actuatorContract('a passive buzzer on a simulated board', 'tone', async () => {
  const board = await startSmallBoard('passive-buzzer')
  return {
    driver: simulatedTone(board.socket),
    output: async () => board.edges.at(-1) || false,
    isExclusive: true,
    takeAway: () => board.unplug(),
    bringBack: () => board.replug(),
    stop: () => board.stop(),
  }
})

/** A folder of files, and the ways to change it. */
async function aTree(files: Readonly<Record<string, string>>) {
  const parent = await mkdtemp(join(tmpdir(), 'sensing-sysfs-'))
  const folder = join(parent, 'device')
  await mkdir(folder)
  const write = async (changes: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(changes)) {
      await rm(join(folder, name), { force: true })
      await writeFile(join(folder, name), `${text}\n`)
    }
  }
  await write(files)
  return {
    folder,
    write,
    /** Reading it fails with EIO, as a sensor does whose checksum is wrong. */
    breakFile: async (name: string) => {
      await rm(join(folder, name))
      await symlink('/proc/self/mem', join(folder, name))
    },
    isExclusive: false,
    takeAway: () => rename(folder, join(parent, 'away')),
    bringBack: () => rename(join(parent, 'away'), folder),
    stop: () => rm(parent, { recursive: true, force: true }),
  }
}

type Tree = Awaited<ReturnType<typeof aTree>>

interface TreeCase {
  readonly name: string
  readonly driver: (folder: string) => SensorDriver | undefined
  readonly files: Readonly<Record<string, string>>
  /** What the files say, and the readings of that. */
  readonly situations: readonly (readonly [Readonly<Record<string, string>>, readonly object[]])[]
  readonly failures: (tree: Tree) => SensorRig['failures']
}

const iio = (capability: Capability, channel?: string) => (folder: string) =>
  iioSensor(folder, capability, channel)
const humidity = (value: number) => ({ name: 'humidity', unit: '%RH', value })
const temperature = (value: number) => ({ name: 'temperature', unit: 'Cel', value })
const garbled = (name: string) => (tree: Tree) => ({
  failed: () => tree.write({ [name]: 'unknown' }),
  checksum: () => tree.breakFile(name),
})

const cases: readonly TreeCase[] = [
  {
    name: 'a DHT11 by IIO',
    driver: iio('humidity'),
    files: { name: 'dht11@4', in_humidityrelative_input: '41000', in_temp_input: '21000' },
    situations: [
      [{ in_humidityrelative_input: '41000', in_temp_input: '21000' }, [humidity(41), temperature(21)]],
      [{ in_humidityrelative_input: '41100', in_temp_input: '-500' }, [humidity(41.1), temperature(-0.5)]],
    ],
    failures: garbled('in_humidityrelative_input'),
  },
  {
    name: 'a light sensor by IIO, raw and scaled',
    driver: iio('light'),
    files: { in_illuminance_raw: '100', in_illuminance_scale: '0.2' },
    situations: [
      [{ in_illuminance_raw: '1550' }, [{ name: 'illuminance', unit: 'lx', value: 310 }]],
      [{ in_illuminance_raw: '3' }, [{ name: 'illuminance', unit: 'lx', value: 0.6 }]],
    ],
    failures: garbled('in_illuminance_raw'),
  },
  {
    name: 'a photoresistor at a channel of an ADC by IIO',
    driver: iio('light', 'voltage1'),
    files: { in_voltage0_raw: '7', in_voltage1_raw: '0', in_voltage_scale: '0.125', in_voltage1_offset: '8' },
    situations: [
      [{ in_voltage1_raw: '12992' }, [{ name: 'voltage', unit: 'V', value: 1.625 }]],
      [{ in_voltage1_raw: '-8' }, [{ name: 'voltage', unit: 'V', value: 0 }]],
    ],
    failures: garbled('in_voltage1_raw'),
  },
  {
    name: 'a microphone at the first channel of an ADC by IIO',
    driver: iio('sound'),
    files: { in_voltage10_raw: '9', in_voltage2_raw: '1000', in_voltage2_scale: '3' },
    situations: [
      [{ in_voltage2_raw: '1000' }, [{ name: 'voltage', unit: 'V', value: 3 }]],
      [{ in_voltage2_raw: '500' }, [{ name: 'voltage', unit: 'V', value: 1.5 }]],
    ],
    failures: garbled('in_voltage2_raw'),
  },
  {
    name: 'a humidity sensor by hwmon',
    driver: (folder) => hwmonSensor(folder, 'humidity', undefined),
    files: { humidity1_input: '0', temp1_input: '0' },
    situations: [
      [{ humidity1_input: '55250', temp1_input: '19500' }, [humidity(55.25), temperature(19.5)]],
      [{ humidity1_input: '56000', temp1_input: '-100' }, [humidity(56), temperature(-0.1)]],
    ],
    failures: garbled('humidity1_input'),
  },
  {
    name: 'a thermometer by hwmon',
    driver: (folder) => hwmonSensor(folder, 'temperature', 'temp2'),
    files: { temp1_input: '1', temp2_input: '48312' },
    situations: [
      [{ temp2_input: '48312' }, [temperature(48.312)]],
      [{ temp2_input: '50000' }, [temperature(50)]],
    ],
    failures: garbled('temp2_input'),
  },
  {
    name: 'a thermometer on a 1-Wire bus',
    driver: (folder) => w1Sensor(folder, 'temperature'),
    files: { w1_slave: '' },
    situations: [23125, -1062].map((value) => [
      { w1_slave: `72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=${value}` },
      [temperature(value / 1000)],
    ]),
    failures: ({ write }) => ({
      checksum: () => write({ w1_slave: 'ff ff ff ff ff ff ff ff ff : crc=c9 NO\nff ff t=85000' }),
      failed: () => write({ w1_slave: 'crc=57 YES' }),
    }),
  },
]

for (const { name, driver, files, situations, failures } of cases) {
  sensorContract(name, async () => {
    const tree = await aTree(files)
    const found = driver(tree.folder)
    if (found === undefined) throw new Error(`there is no driver for ${name}`)
    return {
      ...tree,
      driver: found,
      situations: situations.map(([changes, readings]) => ({ make: () => tree.write(changes), readings })),
      failures: failures(tree),
    }
  })
}

actuatorContract('a passive buzzer by PWM', 'tone', async () => {
  const tree = await aTree({ period: '0', duty_cycle: '0', enable: '0', polarity: 'normal' })
  const number = async (name: string) => Number(await readFile(join(tree.folder, name), 'utf8'))
  return {
    ...tree,
    driver: pwmTone(tree.folder),
    output: async () => {
      const [period, duty, enable] = [
        await number('period'),
        await number('duty_cycle'),
        await number('enable'),
      ]
      return enable === 1 && duty > 0 ? Math.round(1e9 / period) : false
    },
  }
})
