import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { until } from '../until.ts'
import { labFolder } from './lab-folder.ts'
import { imageFolder } from './pair-lab.ts'

const name = 'commands'

let lab: Lab
/** Compose files lie here; every host sees it. */
let folder: string

interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

async function shoal(argv: readonly string[], { host = 'client' } = {}): Promise<Ran> {
  return lab.host(host).exec(['shoal', ...argv], { env: { SHOAL_IMAGES: imageFolder }, timeoutMs: 120_000 })
}

/** Of a command that has to succeed. */
async function outputOf(...[argv, options]: Parameters<typeof shoal>): Promise<string> {
  const { exitCode, stdout, stderr } = await shoal(argv, options)
  if (exitCode !== 0) throw new Error(`shoal ${argv.join(' ')}: ${stderr}`)
  return stdout
}

function composeFile(fileName: string, text: string): string {
  const path = join(folder, fileName)
  writeFileSync(path, text)
  return path
}

/** One service of compute's image. */
function garden(extra = ''): string {
  return composeFile(
    'garden.yaml',
    `name: garden\nservices:\n  climate:\n    image: shoal/compute:0.1.0\n    ports: ["5683/udp"]\n${extra}`,
  )
}

interface Instance {
  readonly node: string | null
  readonly state: string
  readonly endpoint: string | null
}

async function instancesOf(application: string): Promise<readonly Instance[]> {
  const { services } = JSON.parse(await outputOf(['ps', application, '--json'])) as {
    services: { instances: Instance[] }[]
  }
  return services.flatMap(({ instances }) => instances)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-commands-'))
  const hosts = ['manager', 'worker1', 'worker2'].map((host) => `  - {name: ${host}}`)
  const topology = `subnet: 10.81.8.0/24\nhosts:\n${hosts.join('\n')}\n  - {name: client, engine: false}\n`
  lab = await Lab.up(parseTopology(topology, name), {
    name,
    dataFolder: labFolder(),
    signal: AbortSignal.timeout(120_000),
  })
  await outputOf(['image', 'build', '--no-load', 'compute'])
  await outputOf(['manager', 'start', '--background'], { host: 'manager' })
  const token = (await outputOf(['manager', 'token'], { host: 'manager' })).trim()
  for (const host of ['worker1', 'worker2']) await outputOf(['worker', 'join', '--token', token], { host })
}, 180_000)

afterAll(async () => {
  await lab?.down()
  rmSync(folder, { recursive: true, force: true })
})

describe('the commands of a cluster', () => {
  it('find the manager in the local network, without being told where', async () => {
    const { manager, registry } = JSON.parse(await outputOf(['status', '--json'])) as {
      manager: { http: string }
      registry: { state: string }
    }
    expect(manager.http).toBe(`http://${lab.host('manager').address}:8480`)
    expect(registry.state).toBe('up')
    expect(await outputOf(['nodes'])).toMatch(/worker1 +worker +ready +active .* reports /)
  })

  it('deploy plans first, sends the image of this machine, and shows where the instances answer', async () => {
    const dry = await shoal(['deploy', garden(), '--dry-run'])
    expect(dry).toMatchObject({ exitCode: 0 })
    expect(dry.stdout).toContain('> send shoal/compute:0.1.0')
    expect(await shoal(['ps', 'garden'])).toMatchObject({ exitCode: 1 })

    const { exitCode, stdout, stderr } = await shoal(['deploy', garden()])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stderr).toContain('sends shoal/compute:0.1.0 to the registry of the manager')
    expect(stderr).toContain('+ create climate: 1 active, shoal/compute:0.1.0')
    const endpoint = /coap:\/\/\S+/.exec(stdout)?.[0] ?? ''
    expect(await outputOf(['coap', 'put', '-f', 'json', `${endpoint}/average`, '[1,2,3]'])).toBe('2\n')
  })

  it('deploy changes nothing the second time', async () => {
    const before = await instancesOf('garden')
    const { changed } = JSON.parse(await outputOf(['deploy', garden(), '--json'])) as { changed: boolean }
    expect(changed).toBe(false)
    expect(await instancesOf('garden')).toEqual(before)
  })

  it('scale waits until as many answer, up and down', async () => {
    await outputOf(['scale', 'garden/climate=3'])
    const up = await instancesOf('garden')
    expect(up.map(({ state }) => state)).toEqual(['answering', 'answering', 'answering'])
    expect(new Set(up.map(({ endpoint }) => endpoint)).size).toBe(3)
    await outputOf(['scale', 'garden=1'])
    expect((await instancesOf('garden')).filter(({ state }) => state === 'answering')).toHaveLength(1)
  })

  it('explain and deploy tell for each node why not, and events and logs what there was', async () => {
    const path = composeFile(
      'huge.yaml',
      'name: huge\nservices:\n  one:\n    image: shoal/compute:0.1.0\n    ports: ["5683/udp"]\n    deploy: { placement: { constraints: ["node.labels.zone == field"] } }\n',
    )
    const { exitCode, stderr } = await shoal(['deploy', path])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[UNPLACEABLE]: deploy, huge/one: huge/one can run on 0 of 3 nodes')
    const explained = await outputOf(['explain', 'huge'])
    expect(explained).toMatch(/worker1 +cannot: .*node\.labels\.zone/)
    expect(stderr).toContain(/worker1 +cannot: .*/.exec(explained)?.[0])
    await outputOf(['rm', 'huge'])
    expect(await outputOf(['events'])).toMatch(/application-removed {2}huge: /)
    expect(await outputOf(['logs', 'garden', '-n', '3'])).toMatch(/^climate\.\d@worker\d \| /)
  })

  it('an image that nobody has is told before anything is changed', async () => {
    const path = composeFile('nobody.yaml', 'name: nobody\nservices:\n  one: { image: "shoal/nobody:1" }\n')
    const { exitCode, stderr } = await shoal(['deploy', path])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[IMAGE_UNKNOWN]: find, image shoal/nobody:1')
    expect(await shoal(['ps', 'nobody'])).toMatchObject({ exitCode: 1 })
  })

  it('what is in the catalogue is activated by name alone, and given back', async () => {
    const path = composeFile(
      'barn.yaml',
      'name: barn\nservices:\n  one:\n    image: shoal/compute:0.1.0\n    ports: ["5683/udp"]\n',
    )
    await outputOf(['catalogue', 'add', path])
    const { exitCode, stdout } = await lab
      .host('client')
      .exec([
        ...['curl', '-s', '-H', 'content-type: application/json', '-d', '{"name":"barn"}'],
        `http://${lab.host('manager').address}:8480/api/v1/activations`,
      ])
    expect(exitCode).toBe(0)
    const { endpoint, wasActive } = JSON.parse(stdout) as { endpoint: string; wasActive: boolean }
    expect(wasActive).toBe(false)
    expect(await outputOf(['coap', 'put', '-f', 'json', `${endpoint}/average`, '[4,6]'])).toBe('5\n')
    await outputOf(['rm', 'barn'])
    await outputOf(['catalogue', 'rm', 'barn'])
    expect(await outputOf(['catalogue', 'ls'])).not.toContain('barn')
  })

  it('events -f goes on over a restart of the manager, and what runs runs on', async () => {
    const before = (await instancesOf('garden')).map(({ endpoint }) => endpoint)
    const address = lab.host('manager').address
    const following = lab.host('client').spawn(['shoal', 'events', '-f', '--manager', address])
    let [out, err] = ['', '']
    following.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    following.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    try {
      await until('the first events', () => out.includes('application-deployed'))
      await outputOf(['manager', 'stop'], { host: 'manager' })
      await until('the manager to be missed', () => err.includes('the manager does not answer'))
      expect(await shoal(['ps', '--manager', address])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('error[MANAGER_UNREACHABLE]: reach, the manager'),
      })
      await outputOf(['manager', 'start', '--background'], { host: 'manager' })
      expect((await instancesOf('garden')).map(({ endpoint }) => endpoint)).toEqual(before)
      const seen = out.length
      await outputOf(['rm', 'garden'])
      await until('what happened after the restart', () => out.slice(seen).includes('application-removed'))
    } finally {
      following.kill('SIGINT')
    }
  })
})
