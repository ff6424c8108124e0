// A client of the reverse proxy keeps its socket and its address, whatever happens to the instances.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHostProgram } from '../../evaluation/host-program.ts'
import { ClusterLab, computeService } from './cluster-lab.ts'

let cluster: ClusterLab

interface Asked {
  readonly ms: number
  readonly isRight: boolean
}

async function askSteadily(seconds: number, during: () => Promise<void>): Promise<readonly Asked[]> {
  const input = { uri: `coap://${cluster.manager.address}/s/pair/average`, seconds, everyMs: 40 }
  const asked: Asked[] = []
  const asking = (async () => {
    const lines = runHostProgram<Asked>(
      cluster.client,
      'test/lab/steady-client.ts',
      input,
      AbortSignal.timeout(60_000),
    )
    for await (const line of lines) asked.push(line)
  })()
  await during()
  await asking
  return asked
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000))

beforeAll(async () => {
  cluster = await ClusterLab.up('proxy')
  await cluster.start()
  const more = '    deploy: { replicas: 2, placement: { max_replicas_per_node: 1 } }\n'
  await cluster.mustShoal('deploy', cluster.compose('pair', computeService(more)))
}, 120_000)

afterAll(async () => {
  await cluster?.down()
})

describe('the state of a service', () => {
  it('is told to libcoap’s client, which observes it, as it changes', async () => {
    const observing = cluster.coap('get', '/services/pair', '-s', '8')
    await seconds(1)
    await cluster.mustShoal('scale', 'pair/compute=1')
    await seconds(2)
    await cluster.mustShoal('scale', 'pair/compute=2')
    const seen = (await observing).match(/"active":\d/g) ?? []
    expect(seen[0]).toBe('"active":2')
    expect(seen).toContain('"active":1')
    expect(seen.at(-1)).toBe('"active":2')
  })
})

describe('the reverse proxy with an instance on each of two nodes', () => {
  it('never answers later than a second when a node loses its power, and not once wrongly', async () => {
    const asked = await askSteadily(12, async () => {
      await seconds(3)
      await cluster.worker1.powerOff()
    })
    expect(asked.length).toBeGreaterThan(60)
    expect(asked.filter(({ isRight }) => !isRight)).toEqual([])
    expect(Math.max(...asked.map(({ ms }) => ms))).toBeLessThan(1000)
  })

  it('passes methods, payloads, options, locations and errors through', async () => {
    expect(await cluster.coap('get', '/s/pair/average')).toMatch(/4\.05/)
    expect(await cluster.coap('get', '/s/pair/nothing')).toMatch(/4\.04/)
    expect(await cluster.coap('put', '/s/pair/average', '-t', '40', '-e', 'x')).toMatch(/4\.15/)
    expect(await cluster.coap('put', '/s/pair/average', '-t', '0', '-e', '1 2 6')).toBe('3')
    expect(await cluster.coap('get', '/s/pair/.well-known/core')).toContain('</s/pair/average>')
    expect(await cluster.coap('get', '/s/nobody/average')).toMatch(/4\.04/)
    // An option that a proxy does not know and may not pass on (RFC 7252 §5.7.1): number 65,002 is elective and unsafe.
    expect(await cluster.coap('get', '/s/pair/average', '-O', '65002,0x01')).toMatch(/4\.02/)
  })
})
