import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { productCommands } from '../../../src/cli/main.ts'
import { run } from '../../../src/cli/run.ts'
import { ShoalError } from '../../../src/model/errors.ts'
import { freePort } from '../../free-port.ts'
import { until } from '../../until.ts'
import { type AManager, anEvent, compose, startManager } from '../manager/api/http/a-manager.ts'
import { registryOfNothing } from './registry-of-nothing.ts'

let manager: AManager
let folder: string
let registry: Awaited<ReturnType<typeof registryOfNothing>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-cli-'))
  registry = await registryOfNothing()
})

afterAll(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  manager = await startManager({ registry: registry.access })
  return () => manager.stop()
})

interface Ran {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

function start(argv: readonly string[], env: Io['env'] = {}, signal = new AbortController().signal) {
  const written = { out: '', err: '' }
  const io: Io = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    isTerminal: false,
    // Neither an image store nor an Engine of this machine is of interest here.
    env: {
      SHOAL_MANAGER: manager.url,
      SHOAL_IMAGES: join(folder, 'images'),
      DOCKER_HOST: `unix://${join(folder, 'none.sock')}`,
      ...env,
    },
    signal,
  }
  return { written, ended: run(productCommands, argv, io, '1.2.3') }
}

async function shoal(argv: readonly string[], env?: Io['env']): Promise<Ran> {
  const { written, ended } = start(argv, env)
  return { exitCode: await ended, ...written }
}

async function aFile(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

describe('finding the manager', () => {
  it('takes --manager before SHOAL_MANAGER', async () => {
    const { exitCode, out } = await shoal(['status', '--manager', `127.0.0.1:${manager.port}`], {
      SHOAL_MANAGER: '192.0.2.1',
    })
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^manager {4}ap, version 1\.2\.3/)
  })

  it('names the address that does not answer, and what to try', async () => {
    const port = await freePort()
    const { exitCode, err } = await shoal(['ps', '--manager', `127.0.0.1:${port}`])
    expect(exitCode).toBe(1)
    expect(err).toBe(
      [
        `error[MANAGER_UNREACHABLE]: reach, the manager, http://127.0.0.1:${port}: nothing listens there`,
        '  next: see whether it runs (shoal manager status, on its machine), or name another with --manager ADDRESS\n',
      ].join('\n'),
    )
  })

  it('refuses an address that is none', async () => {
    for (const address of ['http://', 'http://ap/path', 'ftp://ap', 'a b', 'coap://'])
      expect(await shoal(['ps', '--manager', address])).toMatchObject({
        exitCode: 2,
        err: expect.stringContaining('error[USAGE]: read, the address of a manager'),
      })
  })

  it('says so when something else listens there', async () => {
    const other = createServer((socket) =>
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno'),
    )
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { exitCode, err } = await shoal(['ps', '--manager', `127.0.0.1:${port}`])
    other.close()
    expect(exitCode).toBe(1)
    expect(err).toContain('error[MANAGER_ANSWER]: read, the answer of the manager')
  })
})

describe('listings', () => {
  it('ps has one line an instance, and the counts of a service once', async () => {
    const { out } = await shoal(['ps'])
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^SERVICE +ACTIVE +INSTANCE +NODE +STATE +ENDPOINT +SINCE +REASON$/)
    expect(lines[1]).toMatch(
      /^garden\/climate +1\/2 +climate\.1 +bed-1 +answering +coap:\/\/10\.77\.0\.11:30001 +\d+ d$/,
    )
    expect(lines[2]).toMatch(/^ +climate\.2 +- +waiting +- +\d+ d +no suitable node$/)
  })

  it('ps of an application that is not there is an error', async () => {
    expect(await shoal(['ps', 'barn'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('error[APPLICATION_UNKNOWN]: list, application barn'),
    })
  })

  it('nodes tells which are away, and whose agent reports', async () => {
    const lines = (await shoal(['nodes'])).out.trimEnd().split('\n')
    expect(lines[2]).toMatch(/^bed-1 +worker +ready +active +arm64 +1 +512 MiB +1 +reports +10\.77\.0\.11$/)
    expect(lines[3]).toMatch(
      /^bed-2 +worker +away for \d+ d +active +arm64 +1 +512 MiB +1 +- +10\.77\.0\.11$/,
    )
  })

  it('print what the manager answers with --json', async () => {
    const { services } = JSON.parse((await shoal(['ps', '--json'])).out)
    expect(services[0].instances[0].endpoint).toBe('coap://10.77.0.11:30001')
    expect(JSON.parse((await shoal(['nodes', '--json'])).out).nodes).toHaveLength(3)
    expect(JSON.parse((await shoal(['status', '--json'])).out).cluster.id).toBe('0123456789abcdef')
    expect(JSON.parse((await shoal(['devices', '--json'])).out).devices).toMatchObject([
      { node: 'bed-1', id: 'dht-1', capability: 'humidity', present: null, claimedBy: [] },
    ])
  })

  it('devices tells what Engines offer while agents have told of nothing', async () => {
    const lines = (await shoal(['devices'])).out.trimEnd().split('\n')
    expect(lines[1]).toMatch(/^bed-1 +dht-1 +humidity +unknown +- +its agent does not tell of it$/)
  })

  it('explain gives the text of the manager, for an application with one service by its name alone', async () => {
    const full = await shoal(['explain', 'garden/climate'])
    expect(full.out).toMatch(/^garden\/climate can run on \d of 3 nodes\n {2}ap /)
    expect((await shoal(['explain', 'garden'])).out).toBe(full.out)
    expect((await shoal(['explain', 'garden.climate'])).out).toBe(full.out)
    expect(await shoal(['explain', 'gardn'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('next: did you mean garden?'),
    })
    expect(await shoal(['explain', 'garden/climate/x'])).toMatchObject({ exitCode: 2 })
  })

  it('status has the registry and what a device joins with', async () => {
    const { out } = await shoal(['status'])
    expect(out).toContain('registry   up, 10.77.0.1:5000\n')
    expect(out).toContain('nodes      3, 2 ready, 1 away\n')
    expect(out).toContain('shoal worker join --token TOKEN; on ap, shoal manager token prints one')
  })
})

describe('rm and scale', () => {
  it('rm removes what is there, tells what is not, and has failed then', async () => {
    const { exitCode, out, err } = await shoal(['rm', 'barn', 'garden'])
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: 'garden removed\n' })
    expect(err).toContain('error[APPLICATION_UNKNOWN]: remove, application barn')
    expect(manager.calls).toEqual(['remove barn', 'remove garden'])
  })

  it('rm takes applications only', async () => {
    expect(await shoal(['rm', 'garden/climate'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('next: shoal rm garden, or shoal scale garden/climate=0'),
    })
    expect(manager.calls).toEqual([])
  })

  it('scale changes nothing when one of several words is wrong', async () => {
    for (const wrong of [
      'garden/climate',
      'garden/climate=x',
      'garden/climate=-1',
      '=3',
      'garden/climate=99999',
    ])
      expect(await shoal(['scale', 'garden/climate=3', wrong])).toMatchObject({ exitCode: 2 })
    expect(await shoal(['scale', 'garden/climate=3', 'garden/clima=1'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('did you mean garden/climate?'),
    })
    expect(manager.calls).toEqual([])
  })

  it('scale sets the number and shows the service', async () => {
    const { exitCode, out } = await shoal(['scale', 'garden=3', '--no-wait'])
    expect(exitCode).toBe(0)
    expect(out).toContain('garden/climate')
    expect(manager.calls).toEqual(['setActive garden/climate 3'])
  })

  it('scale says why no node can take an instance', async () => {
    const { exitCode, err } = await shoal(['scale', 'garden/climate=2'])
    expect(exitCode).toBe(1)
    expect(err).toContain('error[UNPLACEABLE]: scale, garden/climate: garden/climate can run on')
  })
})

describe('deploy', () => {
  it('tells the problems of a file with their places, and asks no manager', async () => {
    const path = await aFile('wrong.yaml', 'name: garden\nservices:\n  climate:\n    imagee: x\n')
    const { exitCode, err } = await shoal(['deploy', path], { SHOAL_MANAGER: '192.0.2.1' })
    expect(exitCode).toBe(1)
    expect(err).toContain(`error[COMPOSE_INVALID]: read, the Compose file, ${path}`)
    expect(err).toContain('4:5')
  })

  it('shows the plan, then how it goes, and prints the instances', async () => {
    manager.deploy = async (_, { onProgress }) => onProgress?.('garden/climate answers')
    const { exitCode, out, err } = await shoal(['deploy', await aFile('compose.yaml', compose)])
    expect(exitCode).toBe(0)
    expect(err).toBe('garden:\n  + create climate\nwaits until garden answers\ngarden/climate answers\n')
    expect(out).toMatch(/^SERVICE/)
    expect(out).toContain('coap://10.77.0.11:30001')
  })

  it('sends of the environment what the file uses, and no more', async () => {
    const text = compose.replace('garden/climate:1', `\${IMAGE}:\${TAG:-1}`)
    const sent: unknown[] = []
    manager.deploy = async ({ environment, fileName }) => {
      sent.push({ environment, fileName })
    }
    const path = await aFile('variables.yaml', text)
    await shoal(['deploy', path], { IMAGE: 'garden/climate', AWS_SECRET: 'mine' })
    expect(sent).toEqual([{ environment: { IMAGE: 'garden/climate' }, fileName: path }])
  })

  it('sends the files that secrets and configs are taken from, found beside the Compose file', async () => {
    await aFile('token.txt', 'a secret')
    const text = `${compose}    secrets: [token]\nsecrets:\n  token: { file: ./token.txt }\n`
    const sent: unknown[] = []
    manager.deploy = async ({ files }) => {
      sent.push([...(files ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
    }
    const path = await aFile('secrets.yaml', text)
    expect(await shoal(['deploy', path])).toMatchObject({ exitCode: 0 })
    expect(sent).toEqual([[['./token.txt', 'a secret']]])
    expect(await shoal(['catalogue', 'add', path])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('the catalogue keeps the Compose file alone'),
    })
    await rm(join(folder, 'token.txt'))
    expect(await shoal(['deploy', path])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(`error[FILE_UNREADABLE]: read, ./token.txt, ${path}: ENOENT`),
    })
  })

  it('only prints the plan in a dry run', async () => {
    const path = await aFile('compose.yaml', compose)
    const { exitCode, out } = await shoal(['deploy', path, '--dry-run'])
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'garden:\n  + create climate\n' })
    expect(JSON.parse((await shoal(['deploy', path, '--dry-run', '--json'])).out)).toMatchObject({
      plan: { application: 'garden' },
      push: [],
    })
    expect(manager.calls).toEqual([])
  })

  it('ends with the error of the manager, as if it had been met here', async () => {
    manager.deploy = async () => {
      throw new ShoalError('UNPLACEABLE', {
        action: 'deploy',
        object: 'garden/climate',
        reason: 'no room',
        nextStep: 'make some',
      })
    }
    expect(await shoal(['deploy', await aFile('compose.yaml', compose)])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining(
        'error[UNPLACEABLE]: deploy, garden/climate: no room\n  next: make some\n',
      ),
    })
  })

  it('says that the manager goes on when the user stops it', async () => {
    let finish: () => void = () => {}
    manager.deploy = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    const stopping = new AbortController()
    const { written, ended } = start(['deploy', await aFile('compose.yaml', compose)], {}, stopping.signal)
    await until('the plan', () => written.err.includes('+ create'))
    stopping.abort()
    expect(await ended).toBe(1)
    expect(written.err).toContain(
      'error[INTERRUPTED]: deploy, garden: stopped by the user; the manager goes on with it',
    )
    finish()
    await until('the end of the deployment', () => manager.calls.includes('deployed garden'))
  })
})

describe('the catalogue', () => {
  it('keeps a file under the name of its application, lists it, shows it, and forgets it', async () => {
    const path = await aFile('compose.yaml', compose)
    expect(await shoal(['catalogue', 'add', path])).toMatchObject({
      exitCode: 0,
      out: 'garden is in the catalogue\n',
    })
    expect((await shoal(['catalogue', 'ls'])).out).toMatch(
      /\ngarden +climate +\d+ d ago +\/.*compose\.yaml\n$/,
    )
    expect((await shoal(['catalogue', 'show', 'garden'])).out).toBe(compose)
    expect(await shoal(['catalogue', 'rm', 'garden'])).toMatchObject({ exitCode: 0 })
    expect(await shoal(['catalogue', 'show', 'garden'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('error[CATALOGUE_UNKNOWN]'),
    })
  })
})

describe('following', () => {
  it('events go on until they are stopped, which is no error', async () => {
    manager.events.add(anEvent('bed-1'))
    const stopping = new AbortController()
    const { written, ended } = start(['events', '-f'], {}, stopping.signal)
    await until('the first', () => written.out.includes('bed-1'))
    manager.events.add(anEvent('bed-2'))
    await until('the second', () => written.out.includes('bed-2'))
    stopping.abort()
    expect(await ended).toBe(0)
    expect(written.out).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}node-joined {2}bed-1: bed-1 has joined\n.*bed-2: bed-2 has joined\n$/,
    )
    expect(written.err).toBe('')
  })

  it('events are one object a line for a program', async () => {
    manager.events.add(anEvent('bed-1'))
    expect(JSON.parse((await shoal(['events', '--json'])).out).events).toMatchObject([{ subject: 'bed-1' }])
  })

  it('logs write what went to stderr to stderr, with the instance in front', async () => {
    expect(await shoal(['logs', 'garden/climate'])).toEqual({
      exitCode: 0,
      out: 'climate.1@bed-1 | first\n',
      err: 'climate.1@bed-1 | second\n',
    })
    expect((await shoal(['logs', '-t', 'garden'])).out).toBe(
      'climate.1@bed-1 | 2026-01-02T03:04:05.000Z first\n',
    )
    expect(await shoal(['logs', 'garden/climate', '--tail', 'x'])).toMatchObject({ exitCode: 2 })
  })

  it('logs -f ends when it is stopped, which is no error', async () => {
    manager.logs = async function* (_, { signal }) {
      yield { stream: 'stdout', atMs: undefined, instanceId: undefined, nodeId: undefined, text: 'begun' }
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    }
    const stopping = new AbortController()
    const { written, ended } = start(['logs', '-f', 'garden/climate'], {}, stopping.signal)
    await until('the first line', () => written.out === 'begun\n')
    stopping.abort()
    expect(await ended).toBe(0)
  })
})
