// What `shoal lab down` leaves: nothing, whatever happened before.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Lab } from '../../lab/lab.ts'
import { labPaths } from '../../lab/lab-paths.ts'
import { parseTopology } from '../../lab/topology.ts'
import { takeInventory } from './inventory.ts'
import { labFolder } from './lab-folder.ts'
import { shoal, startShoal } from './shoal.ts'
import { importTinyImage } from './tiny-image.ts'

const name = 'undo-test'
const here = ['--name', name]
const yaml = `
hosts:
  - name: device
  - name: client
    engine: false
links:
  - kind: ethernet
    hosts: [client]
  - kind: wlan
    hosts: [device]
`
const topology = parseTopology(yaml, 'the test')
const brokenYaml = yaml.replace('- name: device', '- name: device\n    daemon: { storage-driver: imaginary }')

let folder: string
let file: string
let before: readonly string[]

function inventory(): readonly string[] {
  const mark = `SHOAL_TEST_RUN=${process.env.SHOAL_TEST_RUN}`
  return [...takeInventory({ dataFolders: [labFolder()], mark, foreign: new Set() })].sort()
}

function whatIsNew(): readonly string[] {
  return inventory().filter((line) => !before.includes(line))
}

function up(lab = name): Promise<Lab> {
  return Lab.up(topology, { name: lab, dataFolder: labFolder(), signal: AbortSignal.timeout(60_000) })
}

interface StartedUp {
  readonly child: ChildProcess
  /** Its exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>
}

function startUp(): StartedUp {
  const child = startShoal('lab', 'up', ...here, file)
  return { child, ended: once(child, 'close').then(([exitCode]) => exitCode) }
}

/** Starts `shoal lab up` and waits until it has said `line`. */
async function upUntil(line: string): Promise<StartedUp> {
  const { child, ended } = startUp()
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (text) => {
      said += String(text)
      if (said.includes(line)) resolve()
    })
    child.once('close', () => reject(new Error(`it never said "${line}", but:\n${said}`)))
  })
  return { child, ended }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-undo-'))
  file = join(folder, 'topology.yaml')
  writeFileSync(file, yaml)
  before = inventory()
})
afterEach(async () => {
  await shoal('lab', 'down', ...here)
  await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('after an up that was killed', () => {
  it.each(['boots', 'lays', 'starts sshds', 'client is up'])('at "%s", down leaves nothing', async (line) => {
    const { child, ended } = await upUntil(line)
    child.kill('SIGKILL')
    await ended
    expect(await shoal('lab', 'down', ...here)).toMatchObject({
      exitCode: 0,
      stdout: `lab "${name}" is down\n`,
    })
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it.each([120, 200, 280, 360, 440, 600])('after %i ms, down leaves nothing', async (afterMs) => {
    const { child, ended } = startUp()
    await sleep(afterMs)
    child.kill('SIGKILL')
    await ended
    expect(await shoal('lab', 'down', ...here)).toMatchObject({ exitCode: 0, stderr: '' })
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it('the next up of that name is refused until down has been called', async () => {
    const { child, ended } = await upUntil('lays')
    child.kill('SIGKILL')
    await ended
    const { exitCode, stderr } = await shoal('lab', 'up', ...here, file)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('an earlier up of that name ended half-way'),
    ])
    expect((await shoal('lab', 'exec', ...here, 'client', '--', 'true')).stderr).toContain(
      'error[LAB_NOT_UP]',
    )
  })
})

describe('an up', () => {
  it('that is interrupted undoes what it did', async () => {
    const { child, ended } = await upUntil('starts sshds')
    let complaint = ''
    child.stderr?.on('data', (text) => {
      complaint += String(text)
    })
    child.kill('SIGINT')
    expect([await ended, complaint]).toEqual([1, expect.stringContaining('error[INTERRUPTED]: bring up')])
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it('whose engine refuses says so with the end of its log, and undoes what it did', async () => {
    const broken = join(folder, 'broken.yaml')
    writeFileSync(broken, brokenYaml)
    const { exitCode, stderr } = await shoal('lab', 'up', ...here, broken)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      `error[LAB_DAEMON_FAILED]: start, dockerd, host device of lab "${name}": it ended at once`,
    )
    expect(stderr).toContain('driver not supported')
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it('that is still at work is not torn down from elsewhere', async () => {
    const { child, ended } = await upUntil('boots')
    const { exitCode, stderr } = await shoal('lab', 'down', ...here)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`process ${child.pid} is bringing it up`)])
    expect(await ended).toBe(0)
  })
})

describe('down', () => {
  it('ends containers that run and containers that are frozen', async () => {
    const lab = await up()
    const device = lab.host('device')
    await importTinyImage(device)
    for (const one of ['running', 'frozen']) {
      await device.exec(['docker', 'run', '--detach', '--name', one, 'tiny', 'sleep', '1000'])
    }
    expect((await device.exec(['docker', 'pause', 'frozen'])).exitCode).toBe(0)
    await lab.down()
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it('says the second time that there was nothing to take down', async () => {
    await up()
    const [first, second] = [await shoal('lab', 'down', ...here), await shoal('lab', 'down', ...here)]
    expect([first.stdout, first.exitCode]).toEqual([`lab "${name}" is down\n`, 0])
    expect([second.stdout, second.exitCode]).toEqual([`lab "${name}" was not up\n`, 0])
  })

  it('finds the processes of a lab whose files are gone', async () => {
    await up()
    rmSync(labPaths(labFolder(), name).folder, { recursive: true })
    expect((await shoal('lab', 'down', ...here)).stdout).toBe(`lab "${name}" is down\n`)
    await expect.poll(whatIsNew, { timeout: 5000 }).toEqual([])
  })

  it('leaves another lab, with the same hosts at the same addresses, as it is', async () => {
    const [one, other] = await Promise.all([up(), up('undo-test-beside')])
    try {
      await one.host('client').exec(['sh', '-c', 'echo one >/run/whose'])
      await other.host('client').exec(['sh', '-c', 'echo other >/run/whose'])
      const ask = (lab: Lab) =>
        lab.host('device').exec(['ssh', '-o', 'BatchMode=yes', 'client', 'cat', '/run/whose'])
      expect([(await ask(one)).stdout, (await ask(other)).stdout]).toEqual(['one\n', 'other\n'])
      const { stderr } = await shoal('lab', 'down')
      expect(stderr).toContain('error[LAB_AMBIGUOUS]')
      await one.down()
      expect((await ask(other)).stdout).toBe('other\n')
    } finally {
      await other.down()
    }
  })
})
