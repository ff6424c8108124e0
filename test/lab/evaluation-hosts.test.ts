// Stages that measurements stand on: in a lab, and on hosts of a lab that are taken for real ones, over SSH. Nothing of them is left.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EvaluationHost } from '../../evaluation/hosts/evaluation-host.ts'
import { labStages } from '../../evaluation/hosts/lab-stages.ts'
import { planLab } from '../../evaluation/hosts/lab-topology.ts'
import type { HostSample, Stage, StageNeed } from '../../evaluation/hosts/stage.ts'
import { Lab } from '../../lab/lab.ts'
import { until } from '../until.ts'
import { labFolder } from './lab-folder.ts'

const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const need: StageNeed = { link: 'direct', mode: 'pair', workers: 1, devices: false }

/** Managers and agents (not the shells that attend them), and the state of the Engine's Swarm. */
const look =
  'ps ax -o args | grep -c "^[^ ]*node .*manager start"; ps ax -o args | grep -c "^[^ ]*node .*worker agent"; docker info --format "{{.Swarm.LocalNodeState}}"'

async function seen(host: Pick<EvaluationHost, 'exec'>): Promise<string> {
  return (await host.exec(['sh', '-c', look])).stdout.trim().replaceAll('\n', ' ')
}

describe('stages in a lab', () => {
  const stages = labStages({ board: 'pi3b', dataFolder: labFolder(), name: 'stages' })
  const lines: string[] = []
  const open = (over: Partial<StageNeed> = {}): Promise<Stage> =>
    stages.open({ ...need, ...over }, AbortSignal.timeout(120_000), (line) => lines.push(line))

  afterAll(() => stages.close())

  it('samples every host, and runs neither manager nor agent in pair mode', async () => {
    const stage = await open()
    expect(stage.facts.map(({ name, role, link, kind }) => `${name} ${role} ${link} ${kind}`)).toEqual([
      'manager manager direct lab',
      'client client direct lab',
      'worker1 worker direct lab',
    ])
    expect(stage.facts[0]?.power).toMatchObject({ name: 'model:pi3b', origin: 'modelled' })
    const samples: HostSample[] = []
    const end = stage.onSample((sample) => samples.push(sample))
    await until('two samples of each host', () =>
      ['manager', 'client', 'worker1'].every(
        (name) => samples.filter(({ host }) => host === name).length > 1,
      ),
    )
    end()
    expect(samples.every(({ sample }) => (sample.power_watts ?? 0) > 1)).toBe(true)
    for (const host of [stage.manager, stage.client, ...stage.workers])
      expect(await seen(host), host.name).toBe('0 0 inactive')
  })

  it('starts the manager and joins the workers in cluster mode, over the cable', async () => {
    const stage = await open({ mode: 'cluster' })
    const [worker] = stage.workers
    expect(await seen(stage.manager)).toBe('1 0 active')
    expect(worker && (await seen(worker))).toBe('0 1 active')
    const answer = await stage.client.exec(['shoal', 'nodes', '--json', '--manager', stage.managerAddress])
    const { nodes } = JSON.parse(answer.stdout) as {
      readonly nodes: readonly { readonly name: string; readonly address: string }[]
    }
    expect(nodes.find(({ name }) => name === 'worker1')?.address).toBe(worker?.address)
    // The route over the client's own cable.
    const route = await stage.client.exec(['ip', '-o', 'route', 'get', worker?.address ?? ''])
    expect(route.stdout).toMatch(/ dev eth1 /)
    expect(await stage.isWhole(AbortSignal.timeout(15_000))).toBe(true)
  })

  it('comes back to pair mode on the same lab, with a board where devices are asked for', async () => {
    const stage = await open({ devices: true })
    expect(lines.filter((line) => line.startsWith('brings up'))).toHaveLength(1)
    for (const host of [stage.manager, ...stage.workers]) expect(await seen(host)).toBe('0 0 inactive')
    const inventory = await stage.workers[0]?.exec(['shoal', 'worker', 'inventory', '--json'])
    expect(inventory?.stdout).toContain('active-buzzer')
  })

  it('makes the lab anew when a host has died', async () => {
    const lab = await Lab.open('stages', labFolder())
    const before = await open()
    await lab.host('worker1').powerOff()
    expect(await before.isWhole(AbortSignal.timeout(15_000))).toBe(false)
    const stage = await open()
    expect(await stage.isWhole(AbortSignal.timeout(15_000))).toBe(true)
    expect(lines.filter((line) => line.startsWith('brings up'))).toHaveLength(2)
  })

  it('leaves nothing when it is stopped while it opens', async () => {
    const stop = new AbortController()
    const opening = stages.open({ ...need, mode: 'cluster' }, stop.signal, (line) => {
      if (line.startsWith('worker1: joins')) stop.abort(new Error('stopped by the test'))
    })
    await expect(opening).rejects.toThrow('stopped by the test')
    expect(existsSync(join(labFolder(), 'stages'))).toBe(false)
  })
})

describe('stages on hosts over SSH', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-inventory-'))
  let lab: Lab

  beforeAll(async () => {
    const { topology } = planLab('ethernet', 1, 'real')
    lab = await Lab.up(topology, {
      name: 'real',
      dataFolder: labFolder(),
      signal: AbortSignal.timeout(60_000),
    })
    // What this machine's log-in shell does first is not measured here.
    for (const { name } of topology.hosts) await lab.host(name).exec(['truncate', '-s', '0', '/root/.bashrc'])
    const host = (name: string, role: string) =>
      `- {name: ${name}, role: ${role}, address: ${lab.host(name).address}, project: ${project}, power: "model:pi3b"${role === 'client' ? ', local: true' : ''}}\n`
    const hosts = host('manager', 'manager') + host('client', 'client') + host('worker1', 'worker')
    writeFileSync(join(folder, 'hosts.yaml'), `hosts:\n${hosts}`)
  })

  afterAll(async () => {
    await lab.down()
    rmSync(folder, { recursive: true, force: true })
  })

  const program = join(project, 'test/lab/real-stages-program.ts')
  const run = (...words: readonly string[]) =>
    lab.host('client').spawn([process.execPath, program, join(folder, 'hosts.yaml'), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  async function outcome(child: ReturnType<typeof run>) {
    const said = { out: '', err: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    const exitCode = await new Promise((resolve) => child.once('close', resolve))
    return { exitCode, ...said }
  }

  async function expectNothingLeft(): Promise<void> {
    const own =
      'ps ax -o args | grep -c "[s]hoal.ts sample"; ls -A /var/lib/shoal; ls -A /run/shoal 2>/dev/null'
    for (const name of ['manager', 'client', 'worker1']) {
      const host = lab.host(name)
      expect(await seen(host), name).toBe('0 0 inactive')
      expect((await host.exec(['sh', '-c', own])).stdout.trim(), name).toBe('0')
    }
  }

  it('goes from pair to cluster and back, hands on input, signals and exit codes, and leaves the hosts as they were', async () => {
    const { exitCode, out, err } = await outcome(run('tour'))
    expect(exitCode, err).toBe(0)
    expect(JSON.parse(out)).toEqual({
      pair: ['0 0 inactive', '0 0 inactive'],
      cluster: ['1 0 active', '0 1 active'],
      again: ['0 0 inactive', '0 0 inactive'],
      facts: ['manager real model:pi3b', 'client real model:pi3b', 'worker1 real model:pi3b'],
      sampled: ['client', 'manager', 'worker1'],
      answer: { exitCode: 3, stdout: 'input\nit\'s $HOME "a b"\n', stderr: '' },
      noInput: { exitCode: 0, stdout: '', stderr: '' },
      late: 'STAGE_FAILED',
      afterLate: '0',
      onSigterm: 'heard it',
    })
    await expectNothingLeft()
  })

  it('ends everything when it is stopped in the middle', async () => {
    const child = run('stay')
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    expect((await outcome(child)).exitCode).toBe(0)
    await expectNothingLeft()
  })

  it('refuses hosts whose Engine is in a Swarm already, and leaves that alone', async () => {
    const worker = lab.host('worker1')
    await worker.exec(['docker', 'swarm', 'init', '--advertise-addr', worker.address])
    const { exitCode, err } = await outcome(run('tour'))
    expect(exitCode).toBe(1)
    expect(err).toContain('STAGE_FAILED')
    expect(err).toContain('worker1: its Engine has to be in no Swarm')
    expect(await seen(worker)).toBe('0 0 active')
  })
})
