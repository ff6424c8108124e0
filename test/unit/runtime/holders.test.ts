import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device } from '../../../src/model/devices/device.ts'
import { grantDevices } from '../../../src/runtime/grant-devices.ts'
import { findHolders, makerAnnotation, renderMaker } from '../../../src/runtime/holders.ts'
import { isAlive, type ProcessMark, readProcess } from '../../../src/runtime/live-process.ts'
import { aClaimed, aConfig, aDevice } from './builders.ts'

let folder: string
let process: ChildProcess
let mark: ProcessMark

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-holders-'))
  process = spawn('sleep', ['1000'])
  const found = await readProcess(process.pid ?? 0)
  if (found === undefined) throw new Error('sleep does not run')
  mark = found
})
afterEach(async () => {
  process.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

async function layBundle(
  id: string,
  device: Device,
  { maker, init }: { maker?: ProcessMark; init?: ProcessMark },
) {
  const granting = grantDevices(aConfig(), [aClaimed(device)], [])
  if (!granting.ok) throw new Error(granting.reason)
  const annotations = maker === undefined ? {} : { [makerAnnotation]: renderMaker(maker) }
  await mkdir(join(folder, 'bundles', id), { recursive: true })
  await writeFile(
    join(folder, 'bundles', id, 'config.json'),
    JSON.stringify({ ...granting.config, annotations }),
  )
  if (init === undefined) return
  await mkdir(join(folder, 'state', id), { recursive: true })
  const state = { init_process_pid: init.pid, init_process_start: init.startTicks }
  await writeFile(join(folder, 'state', id, 'state.json'), JSON.stringify(state))
}

const holders = (device: Device) =>
  findHolders(device, { bundle: join(folder, 'bundles/own'), stateRoot: join(folder, 'state') })

describe('the holders of a device', () => {
  it('are containers whose first process lives, and those that are being made', async () => {
    await layBundle('running', aDevice(), { init: mark })
    await layBundle('made', aDevice(), { maker: mark })
    await layBundle('other', aDevice({ id: 'modem-2' }), { init: mark })
    expect((await holders(aDevice())).toSorted()).toEqual(['container (made)', 'container (running)'])
  })

  it('are found by the record of crun as well', async () => {
    await layBundle('running', aDevice(), {})
    await mkdir(join(folder, 'state/running'), { recursive: true })
    const status = { pid: mark.pid, 'process-start-time': mark.startTicks }
    await writeFile(join(folder, 'state/running/status'), JSON.stringify(status))
    expect(await holders(aDevice())).toEqual(['container (running)'])
  })

  it('are neither oneself, nor what has ended, nor what was never started', async () => {
    const another = { ...mark, startTicks: mark.startTicks - 1 }
    await layBundle('own', aDevice(), { maker: mark, init: mark })
    await layBundle('reused', aDevice(), { maker: another, init: another })
    await layBundle('prepared', aDevice(), {})
    await mkdir(join(folder, 'bundles/empty'))
    expect(await holders(aDevice())).toEqual([])
  })

  it('are gone with their process', async () => {
    await layBundle('running', aDevice(), { init: mark })
    const ended = new Promise((resolve) => process.once('exit', resolve))
    process.kill('SIGKILL')
    await ended
    expect(await holders(aDevice())).toEqual([])
    expect(await isAlive(mark)).toBe(false)
  })
})
