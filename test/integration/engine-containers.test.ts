import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

let docker: ThrowawayEngine
let engine: Engine
beforeAll(async () => {
  docker = await startThrowawayEngine({ network: 'bridge' })
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'shell:1')
})
afterEach(async () => {
  for (const { id, name } of await engine.containers.list([])) await engine.containers.remove(id, name)
})
afterAll(async () => {
  engine?.close()
  await docker?.stop()
})

/** A container that runs a line of shell. */
async function aShell(name: string, line: string, body: object = {}): Promise<string> {
  const { id } = await engine.containers.create(name, {
    Image: 'shell:1',
    Cmd: ['/bin/sh', '-c', line],
    ...body,
  })
  return id
}

const onPort5683 = {
  ExposedPorts: { '5683/udp': {} },
  HostConfig: { PortBindings: { '5683/udp': [{ HostPort: '5683' }] } },
}

describe('the containers of a real Engine', () => {
  it('are made, started, looked at, stopped and removed', async () => {
    const id = await aShell('life', 'trap "exit 0" TERM; while :; do sleep 0.05; done', {
      Labels: { is: 'mine' },
      ...onPort5683,
    })
    expect((await engine.containers.inspect(id))?.state).toBe('created')
    await engine.containers.start(id, 'life')
    const seen = await engine.containers.inspect(id)
    expect(seen).toMatchObject({
      name: 'life',
      state: 'running',
      health: 'none',
      labels: { is: 'mine' },
      tty: false,
    })
    expect(seen?.ports).toContainEqual({
      containerPort: 5683,
      protocol: 'udp',
      hostIp: '0.0.0.0',
      hostPort: 5683,
    })
    await engine.containers.stop(id, 'life')
    expect(await engine.containers.inspect(id)).toMatchObject({ state: 'exited', exitCode: 0 })
    await engine.containers.remove(id, 'life')
    expect(await engine.containers.inspect(id)).toBeUndefined()
  })

  it('are listed by their labels, with the ports that they publish', async () => {
    const id = await aShell('listed', 'sleep 60', { Labels: { a: '1', b: '2' }, ...onPort5683 })
    await aShell('other', 'sleep 60', { Labels: { a: '1' } })
    await engine.containers.start(id, 'listed')
    const found = await engine.containers.list(['a=1', 'b'])
    expect(found.map(({ name, state }) => [name, state])).toEqual([['listed', 'running']])
    expect(found[0]?.ports).toContainEqual({
      containerPort: 5683,
      protocol: 'udp',
      hostIp: '0.0.0.0',
      hostPort: 5683,
    })
  })

  it('tell their exit code to whoever waits', async () => {
    const id = await aShell('ends', 'sleep 0.3; exit 7')
    await engine.containers.start(id, 'ends')
    expect(await engine.containers.wait(id, 'ends')).toBe(7)
  })

  it('give their name away and get another', async () => {
    const id = await aShell('before', 'sleep 60')
    await engine.containers.rename(id, 'after')
    expect((await engine.containers.inspect(id))?.name).toBe('after')
  })

  it('may be stopped and removed by two at once, and more than once', async () => {
    const id = await aShell('twice', 'sleep 60')
    await engine.containers.start(id, 'twice')
    await Promise.all([engine.containers.remove(id, 'twice'), engine.containers.remove(id, 'twice')])
    await engine.containers.stop(id, 'twice')
    await engine.containers.remove(id, 'twice')
  })

  it('have their last lines and both streams of them read', async () => {
    const id = await aShell('writes', 'echo one; echo two >&2; sleep 0.1; echo three')
    await engine.containers.start(id, 'writes')
    await engine.containers.wait(id, 'writes')
    const streams: string[] = []
    await engine.logs.read(id, 'writes', ({ stream, bytes }) => void streams.push(`${stream} ${bytes}`), {
      tty: false,
    })
    expect(streams.toSorted()).toEqual(['stderr two\n', 'stdout one\n', 'stdout three\n'])
    expect(await engine.logs.tail(id, 'writes', 1, { tty: false })).toBe('three')
  })

  it('have a complaint among their last lines though much was written to the other stream after it', async () => {
    const id = await aShell(
      'complains',
      'echo no config >&2; sleep 0.1; for n in 1 2 3 4 5 6 7 8 9; do echo $n; done',
    )
    await engine.containers.start(id, 'complains')
    await engine.containers.wait(id, 'complains')
    const lines = (await engine.logs.tail(id, 'complains', 4, { tty: false })).split('\n')
    expect(lines).toEqual(['no config', '7', '8', '9'])
  })

  it('have their log followed until they end', async () => {
    const id = await aShell('talks', 'for i in 1 2 3; do echo $i; sleep 0.1; done')
    await engine.containers.start(id, 'talks')
    const pieces: Buffer[] = []
    await engine.logs.read(id, 'talks', ({ bytes }) => void pieces.push(bytes), { tty: false, follow: true })
    expect(Buffer.concat(pieces).toString()).toBe('1\n2\n3\n')
  })

  it('have the log of a terminal read as it is', async () => {
    const id = await aShell('terminal', 'echo hello', { Tty: true })
    await engine.containers.start(id, 'terminal')
    await engine.containers.wait(id, 'terminal')
    expect(await engine.logs.tail(id, 'terminal', 5, { tty: true })).toBe('hello')
  })
})

describe('what a real Engine refuses', () => {
  it('a name that is taken', async () => {
    await aShell('taken', 'true')
    await expect(aShell('taken', 'true')).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      object: 'container taken',
    })
  })

  it('an image that it does not have', async () => {
    const made = engine.containers.create('lost', { Image: 'nosuch:1' })
    await expect(made).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN', place: 'the test' })
  })

  it('a port that another container holds', async () => {
    const [first, second] = [
      await aShell('first', 'sleep 60', onPort5683),
      await aShell('second', 'true', onPort5683),
    ]
    await engine.containers.start(first, 'first')
    await expect(engine.containers.start(second, 'second')).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      reason: expect.stringContaining('5683'),
    })
  })

  it('a device file that does not exist', async () => {
    const device = { PathOnHost: '/dev/nosuch', PathInContainer: '/dev/nosuch', CgroupPermissions: 'rwm' }
    const id = await aShell('gpio', 'true', { HostConfig: { Devices: [device] } })
    await expect(engine.containers.start(id, 'gpio')).rejects.toMatchObject({
      code: 'HARDWARE_ABSENT',
      reason: expect.stringContaining('/dev/nosuch'),
    })
  })

  it('a command that is not in the image', async () => {
    const id = await aShell('nothing', 'true', { Cmd: ['/nosuch'] })
    await expect(engine.containers.start(id, 'nothing')).rejects.toMatchObject({
      code: 'COMMAND_UNRUNNABLE',
      reason: expect.stringContaining('/nosuch'),
    })
  })

  it('anything else in the Engine’s own words', async () => {
    const made = engine.containers.create('a', { Image: 'shell:1', Cmd: ['/bin/sh'] })
    await expect(made).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
      reason: expect.stringContaining('invalid'),
    })
  })
})

describe('networks and volumes of a real Engine', () => {
  it('are made, listed and removed; those that are used stay', async () => {
    await engine.networks.create({ name: 'own', labels: { of: 'app' } })
    expect((await engine.networks.list(['of=app'])).map(({ name }) => name)).toEqual(['own'])
    const id = await aShell('inside', 'sleep 60', {
      HostConfig: { NetworkMode: 'own', Mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }] },
    })
    await engine.containers.start(id, 'inside')
    await engine.networks.remove('own')
    await engine.volumes.remove('data')
    expect((await engine.networks.list(['of=app'])).map(({ name }) => name)).toEqual(['own'])
    expect(await engine.volumes.list()).toEqual(['data'])
    await engine.containers.remove(id, 'inside')
    await engine.networks.remove('own')
    await engine.volumes.remove('data')
    expect((await engine.networks.list([])).map(({ name }) => name)).not.toContain('own')
    expect(await engine.volumes.list()).toEqual([])
  })
})
