import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { maxSorts } from '../../../../services/compute/resources.ts'
import { CoapClient } from '../../../../src/coap/client.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { rfc7252Parameters } from '../../../../src/coap/transmission.ts'
import { until } from '../../../until.ts'

const main = fileURLToPath(new URL('../../../../services/compute/main.ts', import.meta.url))
const stopBoundMs = 300

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (text) => {
    output.out += text
  })
  child.stderr.on('data', (text) => {
    output.err += text
  })
  return {
    output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended: once(child, 'close').then(([exitCode]) => exitCode as number | null),
    async port(): Promise<number> {
      await until('the service says its port', () => output.out.includes('\n') || child.exitCode !== null)
      return Number(/UDP port (\d+)/.exec(output.out)?.[1])
    },
  }
}

/** Milliseconds from the signal to the end. */
async function stopTime(service: ReturnType<typeof start>, signal: NodeJS.Signals): Promise<number> {
  const sentAt = performance.now()
  service.kill(signal)
  expect(await service.ended).toBe(0)
  return performance.now() - sentAt
}

describe('the compute service as a process', () => {
  it('answers on the port that is named on the command line', async () => {
    const service = start(['--port', '0'])
    const client = new CoapClient()
    try {
      const uri = `coap://127.0.0.1:${await service.port()}/average`
      expect((await client.request(uri, { method: Code.Put, payload: '1 2' })).text()).toBe('1.5')
    } finally {
      await client.stop()
    }
  })

  it('takes its port from SHOAL_COAP_PORT, and refuses one that another process has', async () => {
    const first = start([], { SHOAL_COAP_PORT: '0' })
    const port = await first.port()
    const second = start([], { SHOAL_COAP_PORT: String(port) })
    expect(await second.ended).toBe(1)
    expect(second.output.err).toMatch(
      new RegExp(`^error\\[SERVICE_PORT\\]: start, compute, UDP port ${port}: .*the port is in use`),
    )
  })

  it.each([
    [['--port', '70000'], {}, '--port must be a port, 0 to 65535, got "70000"'],
    [['--port', 'http'], {}, '--port must be a port, 0 to 65535, got "http"'],
    [[], { SHOAL_COAP_PORT: '-1' }, 'SHOAL_COAP_PORT must be a port, 0 to 65535, got "-1"'],
    [['--prot', '1'], {}, "Unknown option '--prot'"],
  ])('calls %j %j wrong usage', async (args, env, reason) => {
    const service = start(args, env)
    expect(await service.ended).toBe(2)
    expect(service.output.err).toContain(`error[USAGE]: start, compute: ${reason}`)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends well within its bound at %s', async (signal) => {
    const times: number[] = []
    // The fastest of three: the machine may be busy, the service may not.
    for (let run = 0; run < 3; run++) {
      const service = start(['--port', '0'])
      await service.port()
      times.push(await stopTime(service, signal))
    }
    expect(Math.min(...times)).toBeLessThan(stopBoundMs)
  })

  it('ends within its bound in the middle of long sorts', async () => {
    const times: number[] = []
    const payload = Array.from({ length: 40_000 }, (_, index) => 40_000 - index).join(' ')
    for (let run = 0; run < 3; run++) {
      const service = start(['--port', '0'])
      const client = new CoapClient({ parameters: { ...rfc7252Parameters, nstart: 16 } })
      const at = `coap://127.0.0.1:${await service.port()}`
      const put = (path: string, body: string) =>
        client.request(at + path, { method: Code.Put, payload: body })
      const sorts = Array.from({ length: maxSorts }, () =>
        put('/bubblesort', payload).catch((error: unknown) => error),
      )
      // Another sort is refused: as many as there may be are under way.
      while ((await put('/mergesort', '2 1')).code !== Code.ServiceUnavailable);
      times.push(await stopTime(service, 'SIGTERM'))
      await client.stop()
      for (const sort of sorts) expect(await sort).toBeInstanceOf(Error)
    }
    expect(Math.min(...times)).toBeLessThan(stopBoundMs)
  })
})
