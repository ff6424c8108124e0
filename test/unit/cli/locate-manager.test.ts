import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locateManager, type Surroundings } from '../../../src/cli/locate-manager.ts'
import { managerAt } from '../../../src/cli/manager-address.ts'
import type { FoundManager } from '../../../src/discovery/found-manager.ts'
import { freePort } from '../../free-port.ts'
import { type AManager, startManager } from '../manager/api/http/a-manager.ts'

const io = { env: {}, signal: new AbortController().signal }
let manager: AManager
let nothing: number

beforeAll(async () => {
  manager = await startManager()
  nothing = await freePort()
})

afterAll(async () => {
  await manager.stop()
})

function around(found: readonly FoundManager[], ownPort = nothing): Surroundings {
  return { own: managerAt('127.0.0.1', { coap: 5683, http: ownPort }), search: async () => found }
}

function aFound(host: string, fingerprintPrefix = '0123456789abcdef'): FoundManager {
  return { coap: { host, port: 6000 }, fingerprintPrefix, httpPort: 9000, joinPort: 9001 }
}

describe('the manager that a command speaks to', () => {
  it('is the one that is named, by the option before the environment, without a search', async () => {
    const noSearch: Surroundings = {
      ...around([]),
      search: () => Promise.reject(new Error('searched')),
    }
    const named = { ...io, env: { SHOAL_MANAGER: 'ap.local' } }
    expect((await locateManager(named, { manager: '10.77.0.1' }, noSearch)).httpUrl).toBe(
      'http://10.77.0.1:8480',
    )
    expect((await locateManager(named, {}, noSearch)).httpUrl).toBe('http://ap.local:8480')
  })

  it('is the one of this machine before those of the network', async () => {
    const { httpUrl } = await locateManager(io, {}, around([aFound('10.77.0.9')], manager.port))
    expect(httpUrl).toBe(manager.url)
  })

  it('is the only one in the network, with the ports that it tells, however many addresses it has', async () => {
    expect(await locateManager(io, {}, around([aFound('10.77.0.9'), aFound('fd00::9')]))).toEqual({
      httpUrl: 'http://10.77.0.9:9000',
      coapUri: 'coap://10.77.0.9:6000',
    })
  })

  it('is not guessed among those of several clusters', async () => {
    const two = around([aFound('10.77.0.9'), aFound('10.77.0.10', 'fedcba9876543210')])
    await expect(locateManager(io, {}, two)).rejects.toMatchObject({
      code: 'MANAGER_AMBIGUOUS',
      reason: 'several answered: http://10.77.0.9:9000, http://10.77.0.10:9000',
      nextStep: 'name one: --manager 10.77.0.9:9000, or SHOAL_MANAGER=10.77.0.9:9000',
    })
  })

  it('may not be there at all', async () => {
    await expect(locateManager(io, {}, around([]))).rejects.toMatchObject({ code: 'MANAGER_NOT_FOUND' })
  })
})
