// Links and limits: one lab with every kind of link, up once for the whole file.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../lab/enter.ts'
import { Lab } from '../../lab/lab.ts'
import type { LabStatus, LinkStatus } from '../../lab/status.ts'
import { parseTopology } from '../../lab/topology.ts'
import { labFolder } from './lab-folder.ts'
import { shoal } from './shoal.ts'
import { importTinyImage } from './tiny-image.ts'

const name = 'links-test'
const here = ['--name', name]
const topology = parseTopology(
  `
name: ${name}
subnet: 10.20.30.0/24
hosts:
  - name: board
    cpus: 0.5
    memoryMiB: 512
    arch: arm64
  - name: wired
    engine: false
    address: 10.20.30.40
  - name: radio
    engine: false
  - name: beside
    engine: false
links:
  - kind: ethernet
    hosts: [board, wired]
  - kind: wlan
    hosts: [radio]
    rateMbit: 8
    delayMs: 5
    jitterMs: 1
    lossPercent: 5
  - kind: direct
    between: [board, beside]
  - kind: direct
    between: [board, wired]
`,
  'the test',
)

let lab: Lab
beforeAll(async () => {
  lab = await Lab.up(topology, { dataFolder: labFolder(), signal: AbortSignal.timeout(90_000) })
})
afterAll(() => lab?.down())

async function hostnameOver(from: string, to: string): Promise<string> {
  const argv = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=1', to, 'hostname']
  const { stdout, stderr } = await lab.host(from).exec(argv)
  return stdout.trim() || stderr.trim()
}

describe('links', () => {
  let links: Readonly<Record<string, LinkStatus>>
  beforeAll(async () => {
    const { links: all } = await lab.status({ measure: true, signal: AbortSignal.timeout(60_000) })
    links = Object.fromEntries(all.map((link) => [link.id, link]))
  })

  it('give WLAN the delay that was asked for, far above Ethernet’s', () => {
    const [radio, wired] = [links.radio?.measured?.roundTripMs, links.wired?.measured?.roundTripMs]
    expect(radio).toBeGreaterThan(8)
    expect(radio).toBeGreaterThan(3 * (wired ?? Number.NaN))
  })

  it('give WLAN no more than its bandwidth', () => {
    expect(links.radio?.measured?.bandwidthMbit).toBeGreaterThan(0)
    expect(links.radio?.measured?.bandwidthMbit).toBeLessThan(9)
  })

  it('give a cable between two hosts its own 100 Mbit/s', () => {
    expect(links.board_beside).toMatchObject({ kind: 'direct', from: 'board', to: 'beside', state: 'up' })
    expect(links.board_beside?.measured?.bandwidthMbit).toBeLessThan(105)
  })

  it('lose datagrams on WLAN and none on Ethernet', async () => {
    const program = `${checkout}/test/lab/datagram-loss.ts`
    const lossTo = async (host: string) => {
      const echo = lab.host(host).spawn([process.execPath, program, 'echo'])
      try {
        await new Promise((resolve) => echo.stdout?.once('data', resolve))
        const argv = [process.execPath, program, 'count', lab.host(host).address, '600']
        return Number((await lab.host('wired').exec(argv)).stdout)
      } finally {
        echo.kill('SIGKILL')
      }
    }
    expect(await lossTo('board')).toBe(0)
    expect(await lossTo('radio')).toBeGreaterThan(0)
  })

  it.each(['wired', 'radio'])(
    'carry nothing while %s is cut off, and all again when they are mended',
    async (host) => {
      await lab.host(host).cutLink()
      expect(await hostnameOver('board', host)).toMatch(/timed out|No route to host|unreachable/)
      const { links: cut } = await lab.status({ measure: false, signal: AbortSignal.timeout(5000) })
      expect(cut.find(({ id }) => id === host)?.state).toBe('cut')
      await lab.host(host).mendLink()
      await expect.poll(() => hostnameOver('board', host), { timeout: 10_000 }).toBe(host)
    },
  )

  it('are cut and mended from the command line', async () => {
    expect(await shoal('lab', 'link', ...here, 'beside', 'down')).toMatchObject({ exitCode: 0 })
    expect(await hostnameOver('board', 'beside')).not.toBe('beside')
    const { stdout } = await shoal('lab', 'status', '--json', '--quick', ...here)
    const status = JSON.parse(stdout) as LabStatus
    expect(status.links.find(({ id }) => id === 'board_beside')?.state).toBe('cut')
    await shoal('lab', 'link', ...here, 'beside', 'up')
    await expect.poll(() => hostnameOver('board', 'beside'), { timeout: 10_000 }).toBe('beside')
  })

  it('let two hosts with a cable choose it by name', async () => {
    expect(await hostnameOver('board', 'wired-direct')).toBe('wired')
    const { stdout } = await lab.host('board').exec(['getent', 'hosts', 'wired', 'wired-direct'])
    expect(stdout).toMatch(/^10\.20\.30\.40 +wired\n10\.78\.0\.\d+ +wired-direct\n$/)
  })
})

describe('a host', () => {
  it('has no more than its processor time, its containers included', async () => {
    await importTinyImage(lab.host('board'))
    const throttled = async () => {
      const script = 'cat /sys/fs/cgroup/cpu/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null'
      const { stdout } = await lab.host('board').exec(['sh', '-c', script])
      return Number(/nr_throttled (\d+)/.exec(stdout)?.[1])
    }
    const before = await throttled()
    const busy = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'
    const { exitCode } = await lab.host('board').exec(['docker', 'run', '--rm', 'tiny', 'sh', '-c', busy])
    expect(exitCode).toBe(0)
    expect(await throttled()).toBeGreaterThan(before)
  })

  it('has no more than its memory', async () => {
    const take = (mebibytes: number) =>
      lab.host('board').exec([process.execPath, '--eval', `Buffer.alloc(${mebibytes} * 2 ** 20, 1)`])
    expect((await take(128)).exitCode).toBe(0)
    expect((await take(768)).exitCode).toBe(137)
  })

  it('tells its Engine the arch it stands for', async () => {
    const { stdout } = await lab.host('board').exec(['docker', 'info', '--format', '{{json .Labels}}'])
    expect(JSON.parse(stdout)).toEqual(['arch=arm64'])
  })

  it('comes back with its images, its keys and its links after its plug was pulled', async () => {
    const board = lab.host('board')
    await board.powerOff()
    await expect(board.exec(['true'])).rejects.toMatchObject({ code: 'LAB_HOST_OFF' })
    expect(await hostnameOver('wired', 'board')).not.toBe('board')
    await board.powerOn()
    expect(await hostnameOver('wired', 'board')).toBe('board')
    expect(await hostnameOver('beside', 'board')).toBe('board')
    expect((await board.exec(['docker', 'images', '--quiet'])).stdout).not.toBe('')
  })

  it('comes back on WLAN as well', async () => {
    await lab.host('radio').powerOff()
    await lab.host('radio').powerOn()
    // A lost SYN is sent again after a second, which is too late for ssh here.
    await expect.poll(() => hostnameOver('radio', 'wired'), { timeout: 10_000 }).toBe('wired')
  })

  it('gets its Engine back after a crash of it', async () => {
    const board = lab.host('board')
    await board.exec(['docker', 'run', '--detach', '--stop-timeout', '1', 'tiny', 'sleep', '1000'])
    await board.stopEngine('SIGKILL')
    expect((await board.exec(['docker', 'ps'])).stderr).toContain('Cannot connect to the Docker daemon')
    await board.startEngine()
    expect((await board.exec(['docker', 'run', '--rm', 'tiny', 'sh', '-c', 'echo alive'])).stdout).toBe(
      'alive\n',
    )
  })

  it('gets its sshd back', async () => {
    await lab.host('wired').stopSshd()
    expect(await hostnameOver('board', 'wired')).toContain('Connection refused')
    await lab.host('wired').startSshd()
    expect(await hostnameOver('board', 'wired')).toBe('wired')
  })
})
