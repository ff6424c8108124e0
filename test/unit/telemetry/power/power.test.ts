import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ShoalError } from '../../../../src/model/errors.ts'
import { boardModels, paperIdleWatts } from '../../../../src/telemetry/power/board-models.ts'
import { choosePower, isPowerWord } from '../../../../src/telemetry/power/choose-power.ts'
import { shellyWatts, tasmotaWatts } from '../../../../src/telemetry/power/plug-answers.ts'
import { findSysfsPower } from '../../../../src/telemetry/power/sysfs-power.ts'

const signal = new AbortController().signal
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-power-'))
})
afterEach(() => rmSync(root, { recursive: true }))

async function aPlug(onRequest: RequestListener) {
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('power that the kernel knows', () => {
  it('is microwatts of a sensor', async () => {
    write('sys/class/hwmon/hwmon0/name', 'ina226\n')
    write('sys/class/hwmon/hwmon0/power1_input', '1323000\n')
    const source = await findSysfsPower(() => 0, root)
    expect(source?.info).toMatchObject({ name: 'ina226', origin: 'measured' })
    expect(await source?.read(null, signal)).toBeCloseTo(1.323)
    rmSync(join(root, 'sys/class/hwmon/hwmon0/power1_input'))
    expect(await source?.read(null, signal)).toBeNull()
  })

  it('is current times voltage where the chip says no power', async () => {
    write('sys/class/hwmon/hwmon1/name', 'ina219\n')
    write('sys/class/hwmon/hwmon1/curr1_input', '260\n')
    write('sys/class/hwmon/hwmon1/in1_input', '5100\n')
    expect(await (await findSysfsPower(() => 0, root))?.read(null, signal)).toBeCloseTo(1.326)
  })

  it('is energy over time where the kernel counts energy, through the counter’s turn', async () => {
    let nowMs = 0
    write('sys/class/powercap/intel-rapl:0/max_energy_range_uj', '10000000\n')
    write('sys/class/powercap/intel-rapl:0/energy_uj', '9000000\n')
    const source = await findSysfsPower(() => nowMs, root)
    nowMs = 2000
    write('sys/class/powercap/intel-rapl:0/energy_uj', '3000000\n')
    expect(await source?.read(null, signal)).toBeCloseTo(2)
  })

  it('is that of the first sensor by number, not by letters', async () => {
    for (const number of [10, 2]) {
      write(`sys/class/hwmon/hwmon${number}/name`, `ina${number}\n`)
      write(`sys/class/hwmon/hwmon${number}/power1_input`, '1000000\n')
    }
    expect((await findSysfsPower(() => 0, root))?.info.name).toBe('ina2')
  })

  it('is nothing where nothing tells it', async () => {
    write('sys/class/hwmon/hwmon0/name', 'cpu_thermal\n')
    expect(await findSysfsPower(() => 0, root)).toBeUndefined()
  })
})

describe('a model', () => {
  it('has the paper’s idle figures for the paper’s board, and says that it is a model', async () => {
    for (const [word, watts] of [
      ['model:pi3b', paperIdleWatts.ethernet],
      ['model:pi3b/wlan', paperIdleWatts.wlan],
    ] as const) {
      const source = await choosePower(word, () => 0, signal)
      expect(source?.info.origin).toBe('modelled')
      expect(await source?.read(0, signal)).toBeCloseTo(watts)
      expect(await source?.read(null, signal)).toBeNull()
    }
  })

  it('rises with the work', () => {
    for (const { watts } of boardModels) {
      expect(watts(1)).toBeGreaterThan(watts(0.5))
      expect(watts(7)).toBe(watts(1))
    }
  })

  it.each([
    'model:pi9',
    'model:',
    'model:pi3b/token-ring',
    'hwmon',
    'tasmota:',
    'tasmota:ftp://x',
    'x',
    'none:x',
    'auto:x',
  ])('is not guessed from %s', async (word) => {
    expect(isPowerWord(word)).toBe(false)
    await expect(choosePower(word, () => 0, signal)).rejects.toMatchObject({ code: 'POWER_SOURCE' })
  })

  it.each(['auto', 'none', 'model:pi4b/wlan', 'hwmon:/sys/class/hwmon/hwmon2', 'shelly:http://10.0.0.7'])(
    'or another source is known by %s, before it is asked',
    (word) => expect(isPowerWord(word)).toBe(true),
  )

  it('is not taken unasked', async () => {
    expect(await choosePower('none', () => 0, signal)).toBeUndefined()
  })
})

describe('a smart plug', () => {
  it('is understood as Tasmota and Shelly speak', () => {
    expect(tasmotaWatts('{"StatusSNS":{"Time":"x","ENERGY":{"Power":7.5,"Voltage":230}}}')).toBe(7.5)
    expect(tasmotaWatts('{"Time":"x","ENERGY":{"Power":[2,3]}}')).toBe(5)
    expect(shellyWatts('{"power":3.2,"is_valid":true}')).toBe(3.2)
    expect(shellyWatts('{"id":0,"output":true,"apower":4.1}')).toBe(4.1)
    expect(shellyWatts('{"method":"NotifyStatus","params":{"switch:0":{"apower":4.4}}}')).toBe(4.4)
    expect(shellyWatts('5.25')).toBe(5.25)
    for (const text of ['', '{', 'null', '[]', '{"power":"3"}', '{"ENERGY":{"Power":[1,"x"]}}', '-4']) {
      expect(tasmotaWatts(text)).toBeUndefined()
      expect(shellyWatts(text)).toBeUndefined()
    }
  })

  it('is asked by HTTP, with its password, and has no figure when it is away', async () => {
    const asked: string[] = []
    const { address, close } = await aPlug((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`)
      response.end('{"StatusSNS":{"ENERGY":{"Power":9}}}')
    })
    const source = await choosePower(`tasmota:http://me:secret@${address}`, () => 0, signal)
    expect(source?.info.detail).toBe(`http://${address}`)
    expect(await source?.read(null, signal)).toBe(9)
    const basic = Buffer.from('me:secret').toString('base64')
    expect(asked).toEqual(Array(2).fill(`/cm?cmnd=Status%2010 Basic ${basic}`))
    await close()
    expect(await source?.read(null, signal)).toBeNull()
  })

  it('is refused at the start where it tells no power, and says why without its password', async () => {
    let asked = 0
    const plug = await aPlug((request, response) => {
      asked += 1
      response.statusCode = request.headers.authorization === undefined ? 401 : 200
      response.end('{"power":"much"}')
    })
    const refusal = (word: string) =>
      choosePower(word, () => 0, signal).then(
        () => 'none',
        (error: ShoalError) => `${error.code} ${error.message} | ${error.nextStep}`,
      )
    expect(await refusal(`shelly:http://${plug.address}`)).toBe(
      `POWER_SOURCE take, the plug http://${plug.address}: it answers 401 Unauthorized | give its name and password: http://NAME:PASSWORD@ADDRESS`,
    )
    expect(asked).toBe(3)
    expect(await refusal(`shelly-gen2:http://${plug.address}`)).toMatch(/take it as shelly-gen2-mqtt/)
    expect(await refusal(`shelly:http://me:secret@${plug.address}`)).toBe(
      `POWER_SOURCE take, the plug http://${plug.address}: its answer tells no power: {"power":"much"} | undefined`,
    )
    await plug.close()
    expect(await refusal(`tasmota:http://${plug.address}`)).toMatch(/ECONNREFUSED/)
  })

  it('may miss two requests at the start', async () => {
    let asked = 0
    const plug = await aPlug((_, response) => {
      asked += 1
      response.statusCode = asked < 3 ? 503 : 200
      response.end('{"power":4}')
    })
    const source = await choosePower(`shelly:http://${plug.address}`, () => 0, signal)
    expect(await source?.read(null, signal)).toBe(4)
    await plug.close()
  })

  it.each([
    'tasmota:http://me:50%@10.0.0.7',
    'tasmota:me:secret@10.0.0.7',
    'tasmota:ftp://me:secret@10.0.0.7',
    'tasmota-mqtt:mqtt://me:50%@10.0.0.2/kitchen',
    'tasmota-mqtt:mqtt://me:secret@10.0.0.2/50%',
    'tasmota-mqtt:mqtt://me:secret@10.0.0.2',
    'tasmoto:http://me:secret@10.0.0.7',
    'tasmoto:http://me:sec/r@t@10.0.0.7',
  ])('with a wrong address, %s, is refused, its password untold', async (word) => {
    const refused = choosePower(word, () => 0, signal)
    await expect(refused).rejects.toMatchObject({ code: 'POWER_SOURCE' })
    await expect(refused).rejects.not.toThrow(/me:|secret|50%@|sec\/r/)
  })
})
