// The whole way on real chips: a board joins a cluster with its devices, Swarm places services by them, the device runtime gives the lines to
// the containers, and what the containers do is seen at the wires outside.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchNode } from '../../lab/board/image/fetch-node.ts'
import { lineNumber } from '../../lab/board/lines.ts'
import type { Edge, Qtest } from '../../lab/board/qtest.ts'
import { checkout } from '../../lab/enter.ts'
import type { LabHost } from '../../lab/lab.ts'
import { collect } from '../../lab/run-command.ts'
import { imageFolder } from '../lab/pair-lab.ts'
import { startShoal } from '../lab/shoal.ts'
import { until } from '../until.ts'
import { boardCache, must, openBoardLab } from './board-lab.ts'

const devices = `
- {id: laser-1, capability: laser, driver: gpio, chip: gpiochip0, line: laser}
- {id: flame-1, capability: flame, driver: gpio, chip: gpiochip0, line: flame}
- {id: climate-1, capability: humidity, driver: iio, match: {name: dht11}}
- {id: cam-1, capability: camera, driver: camera, path: /dev/v4l/by-path/platform-vivid.0-video-index0}
`

const compose = `
name: bench
x-sensing: &sensing
  image: shoal/sensing:0.1.0
  ports: ["5683/udp"]
  read_only: true
  user: "65532:65532"
  cap_drop: [ALL]
services:
  pointer:
    <<: *sensing
    x-shoal: {needs: [laser], ready: {timeout: 180s}}
  alarm:
    <<: *sensing
    x-shoal: {needs: [flame], ready: {timeout: 180s}}
  climate:
    <<: *sensing
    x-shoal: {needs: [humidity], ready: {timeout: 180s}}
`

let manager: LabHost
let board: LabHost
let lines: Qtest
let folder: string
const endpoints = new Map<string, string>()

beforeAll(async () => {
  const lab = await openBoardLab()
  manager = lab.host('manager')
  board = lab.host('board')
  // As one file the agent starts on a board within the time that joining gives it; from 100 sources it does not.
  execFileSync('sh', [`${checkout}/scripts/bundle`], { stdio: 'ignore' })
  folder = mkdtempSync(join(tmpdir(), 'shoal-board-'))
  lines = await board.openLines()
  await lines.drive(lineNumber('flame'), 0)
  const found = 'while [ ! -e /run/devices-found ]; do sleep 1; done; cat >/etc/shoal/devices.yaml'
  await board.exec(['sh', '-c', found], { input: devices })
  await must(manager, ['shoal', 'manager', 'start', '--background'])
  const token = await must(manager, ['shoal', 'manager', 'token'])
  await must(board, ['shoal', 'worker', 'join', '--token', token.trim()], 200_000)
})
afterAll(async () => {
  await lines?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** Built on this machine, in a folder that the hosts of the lab see too. */
async function buildImage(): Promise<void> {
  const signal = AbortSignal.timeout(300_000)
  const nodeVersion = process.versions.node
  const npmFolder = join(boardCache(), 'npm')
  const node = await fetchNode({ npmFolder, nodeVersion, signal, progress: () => {} })
  const packages = join(imageFolder, 'runtime/node_modules')
  mkdirSync(dirname(packages), { recursive: true })
  if (!existsSync(packages)) symlinkSync(dirname(dirname(dirname(node))), packages)
  const flags = ['--arch', 'arm64', '--no-load', '--store', imageFolder]
  const build = startShoal('image', 'build', 'sensing', ...flags)
  const { exitCode, stderr } = await collect(
    build,
    { timeoutMs: 300_000 },
    () => new Error('no end of image build'),
  )
  if (exitCode !== 0) throw new Error(stderr)
}

/** `shoal coap …` from the access point. */
async function coap(
  ...words: readonly string[]
): Promise<{ readonly exitCode: number; readonly text: string }> {
  const { exitCode, stdout, stderr } = await manager.exec(['shoal', 'coap', ...words], { timeoutMs: 90_000 })
  return { exitCode, text: `${stdout}${stderr}` }
}

const at = (service: string, path: string) => `${endpoints.get(service)}${path}`

describe('a board in a cluster', () => {
  it('offers its devices, of which each is there', async () => {
    const devicesOfCluster = JSON.parse(await must(manager, ['shoal', 'devices', '--json'])) as readonly {
      readonly id: string
    }[]
    expect(JSON.stringify(devicesOfCluster)).toContain('climate-1')
    const table = await must(manager, ['shoal', 'devices'])
    for (const id of ['cam-1', 'climate-1', 'flame-1', 'laser-1'])
      expect(table).toMatch(new RegExp(`^board +${id} +\\S+ +present`, 'm'))
  })

  it('runs the services that need them', async () => {
    await buildImage()
    const file = join(folder, 'compose.yaml')
    writeFileSync(file, compose)
    await must(manager, ['env', `SHOAL_IMAGES=${imageFolder}`, 'shoal', 'deploy', file], 400_000)
    const table = await must(manager, ['shoal', 'ps'])
    for (const [, service = '', uri = ''] of table.matchAll(/^bench\/(\w+) .* (coap:\S+)/gm))
      endpoints.set(service, uri)
    expect([...endpoints.keys()].sort()).toEqual(['alarm', 'climate', 'pointer'])
  })

  it('has its laser switched by a client, as seen at the wire', async () => {
    const edges: Edge[] = []
    const stop = lines.onEdge((edge) => edges.push(edge))
    expect(await coap('put', at('pointer', '/laser'), 'on')).toMatchObject({ exitCode: 0 })
    expect(await coap('get', at('pointer', '/laser'))).toMatchObject({ exitCode: 0 })
    await until('the wire of the laser is high', () => edges.length >= 1, 30_000)
    await until('the wire of the laser is low', () => edges.length >= 2, 30_000)
    expect(await coap('put', at('pointer', '/laser'), 'off')).toMatchObject({ exitCode: 0 })
    stop()
    expect(edges.map(({ line, level }) => [line, level])).toEqual([
      [lineNumber('laser'), 1],
      [lineNumber('laser'), 0],
    ])
  })

  it('tells an observing client of a flame at the wire', async () => {
    expect(await coap('put', at('alarm', '/flame'), 'on')).toMatchObject({ exitCode: 0 })
    const observer = manager.spawn(['shoal', 'coap', 'observe', at('alarm', '/flame')])
    let said = ''
    observer.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const values = () => [...said.matchAll(/"vb":(true|false)/g)].map(([, value]) => value)
    try {
      await until('the observer has the first state', () => values().at(-1) === 'false', 30_000)
      await lines.drive(lineNumber('flame'), 1)
      await until('the observer hears of the flame', () => values().at(-1) === 'true', 30_000)
      await lines.drive(lineNumber('flame'), 0)
      await until('the observer hears of its end', () => values().at(-1) === 'false', 30_000)
    } finally {
      observer.kill('SIGTERM')
    }
  })

  it('says of a sensor that does not answer that it does not', async () => {
    await coap('put', at('climate', '/humidity'), 'on')
    const { exitCode, text } = await coap('get', at('climate', '/humidity'))
    expect(exitCode).toBe(1)
    expect(text).toMatch(/COAP_REFUSED.*5\.0/)
  })

  it('is as before when it has left', async () => {
    await must(manager, ['shoal', 'rm', 'bench'], 200_000)
    await must(board, ['shoal', 'worker', 'leave'], 300_000)
    expect((await board.exec(['ls', '/etc/docker/daemon.json'])).exitCode).not.toBe(0)
    // It goes from the list when Swarm has seen it down.
    const endsAtMs = performance.now() + 90_000
    while (/^board .* ready/m.test(await must(manager, ['shoal', 'nodes']))) {
      if (performance.now() > endsAtMs) throw new Error('it is still in the list 90 s after it left')
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  })
})
