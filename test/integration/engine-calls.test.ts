import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

let docker: ThrowawayEngine
let engine: Engine
beforeAll(async () => {
  docker = await startThrowawayEngine()
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
})
afterAll(async () => {
  engine?.close()
  await docker?.stop()
})

/** Sockets that this process has open. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
}

describe('calls to a real Engine', () => {
  it('answer two hundred at once over a bounded number of sockets', async () => {
    const before = openSockets()
    let most = 0
    const calls = Array.from({ length: 200 }, async () => {
      const found = await engine.containers.list([])
      most = Math.max(most, openSockets() - before)
      return found
    })
    expect((await Promise.all(calls)).flat()).toEqual([])
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(32)
  })

  it('end at their deadline', async () => {
    await importShellImage(docker, 'shell:1')
    const { id } = await engine.containers.create('sleeps', {
      Image: 'shell:1',
      Cmd: ['/bin/sleep', '60'],
      HostConfig: { NetworkMode: 'none' },
    })
    await engine.containers.start(id, 'sleeps')
    await expect(engine.containers.wait(id, 'sleeps', { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      reason: 'the Docker Engine gave no answer within 0.05 s',
    })
    const stop = new AbortController()
    const waiting = engine.containers.wait(id, 'sleeps', { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED', object: 'container sleeps' })
    await engine.containers.remove(id, 'sleeps')
  })

  it('are not begun when they are stopped already', async () => {
    await expect(engine.ping({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })

  it('say that nobody listens where nobody does', async () => {
    const nobody = new Engine({ socketPath: '/nosuch/docker.sock', place: 'this machine' })
    await expect(nobody.version()).rejects.toMatchObject({ code: 'ENGINE_ABSENT', place: 'this machine' })
    nobody.close()
  })

  it('say that the connection was lost when the Engine dies in the middle', async () => {
    const doomed = await startThrowawayEngine()
    await importShellImage(doomed, 'shell:1')
    const its = new Engine({ socketPath: doomed.socketPath, place: 'the doomed' })
    const { id } = await its.containers.create('sleeps', {
      Image: 'shell:1',
      Cmd: ['/bin/sleep', '60'],
      HostConfig: { NetworkMode: 'none' },
    })
    await its.containers.start(id, 'sleeps')
    const waiting = expect(its.containers.wait(id, 'sleeps')).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
    await doomed.stop()
    await waiting
    its.close()
  })
})

/** What Docker 29 says to clients of before 1.44: Debian has no such Engine, so its refusal alone is played here. */
describe('an API version that is refused', () => {
  let server: Server
  let folder: string
  const asked: string[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-version-'))
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.setHeader('Api-Version', '1.52')
      if (request.url?.startsWith('/v1.41/')) {
        response.statusCode = 400
        response.end(
          '{"message":"client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade"}',
        )
      } else response.end('{"Version":"29.0.0","ApiVersion":"1.52","Arch":"arm64"}')
    }).listen(join(folder, 'docker.sock'))
    await once(server, 'listening')
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  it('is replaced by one that both speak, once for all calls', async () => {
    const newer = new Engine({ socketPath: join(folder, 'docker.sock'), place: 'the newer' })
    expect(await newer.version()).toEqual({ version: '29.0.0', apiVersion: '1.52', architecture: 'arm64' })
    await newer.version()
    expect(asked).toEqual(['/v1.41/version', '/v1.51/version', '/v1.51/version'])
    newer.close()
  })
})
