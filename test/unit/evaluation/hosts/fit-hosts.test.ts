import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assertHostsFit } from '../../../../evaluation/hosts/fit-hosts.ts'
import { unlikeVersions } from '../../../../evaluation/hosts/same-shoal.ts'
import { packageVersion } from '../../../../src/cli/package-version.ts'
import type { ShoalError } from '../../../../src/model/errors.ts'
import { aFakedHost, type FakedHost } from './faked-host.ts'

const shoal = (version: string) =>
  `case $1 in --version) echo ${version} ;; worker) echo "not joined" >&2; exit 1 ;; esac`
const docker = (state: string, containers = '') =>
  `case $1 in info) echo ${state} ;; ps) printf '${containers}' ;; esac`
const fit = { shoal: shoal(packageVersion()), docker: docker('inactive'), ssh: 'exit 0' }

let manager: FakedHost
let client: FakedHost
let worker: FakedHost
beforeAll(async () => {
  manager = await aFakedHost('gateway', 'manager', fit)
  client = await aFakedHost('laptop', 'client', fit)
  worker = await aFakedHost('board1', 'worker', fit)
})
beforeEach(() => {
  for (const host of [manager, client, worker])
    for (const [name, script] of Object.entries(fit)) host.program(name, script)
})
afterAll(() => Promise.all([manager, client, worker].map((host) => host.close())))

/** Lines of the refusal, after its code. */
async function refusal(mode: 'pair' | 'cluster' = 'pair', devices = false): Promise<readonly string[]> {
  const hosts = { manager: manager.host, client: client.host, workers: [worker.host] }
  try {
    await assertHostsFit(hosts, { mode, devices }, AbortSignal.timeout(20_000))
    return []
  } catch (error) {
    const { code, reason } = error as ShoalError
    return [code, ...reason.split('\n')]
  }
}

describe('hosts of an inventory', () => {
  it('are fit where nothing is in the way', async () => {
    expect(await refusal()).toEqual([])
  })

  it('are unfit with another Shoal than this one, also where all of them have it', async () => {
    for (const host of [manager, client, worker]) host.program('shoal', shoal('9.9.9'))
    expect(await refusal()).toEqual([
      'STAGE_FAILED',
      expect.stringMatching(
        /^every host has to run the same Shoal as this machine: this machine [^,]+, gateway 9\.9\.9, laptop 9\.9\.9, board1 9\.9\.9$/,
      ),
    ])
  })

  it('are unfit with another commit of it, where it is known', () => {
    const found = (name: string, commit?: string) => ({ name, version: '1.0.0', commit })
    const [one, other] = ['a'.repeat(40), 'b'.repeat(40)]
    expect(unlikeVersions([found('here', one), found('board1'), found('board2', one)])).toBeUndefined()
    expect(unlikeVersions([found('here', one), found('board1', other), found('board2')])).toBe(
      'every host has to run the same Shoal as this machine: here 1.0.0 (aaaaaaaaaaaa), board1 1.0.0 (bbbbbbbbbbbb), board2 1.0.0',
    )
  })

  it.each([
    ['ends with 0', 'echo; echo "Cannot connect to the Docker daemon" >&2'],
    ['ends with 1', 'echo "Cannot connect to the Docker daemon" >&2; exit 1'],
  ])('are told from those of a Swarm where an Engine does not answer (docker %s)', async (_, script) => {
    worker.program('docker', script)
    expect(await refusal('cluster')).toEqual([
      'ENGINE_ABSENT',
      'board1: its Engine does not answer: Cannot connect to the Docker daemon; start Docker there, or log in as root',
    ])
    manager.program('docker', docker('active'))
    expect(await refusal('cluster')).toEqual([
      'STAGE_FAILED',
      expect.stringMatching(
        /^gateway: its Engine has to be in no Swarm.*its Swarm is active\..*swarm leave --force$/,
      ),
      expect.stringMatching(/^board1: its Engine does not answer/),
    ])
  })

  it('are unfit while containers of pair mode run on a worker, and it says how these go', async () => {
    worker.program('docker', docker('inactive', 'compute-1\\nsensing-1\\n'))
    expect(await refusal()).toEqual([
      'STAGE_FAILED',
      'board1: containers of pair mode run there, compute-1, sensing-1: shoal pair rm root@10.0.0.2 --all removes them',
    ])
  })

  it('are asked for the containers of pair mode alone', async () => {
    worker.program('docker', `echo "$*" >>$CALLS; ${docker('inactive')}`)
    await refusal()
    expect(worker.calls()).toContain('ps --filter label=shoal.mode=pair --format {{.Names}}')
  })

  it('are unfit where the client cannot log in to a worker, in pair mode alone', async () => {
    client.program('ssh', 'echo "Permission denied" >&2; exit 255')
    expect(await refusal('pair')).toEqual([
      'STAGE_FAILED',
      'laptop: in pair mode it logs in to root@10.0.0.2 (board1), and cannot: Permission denied',
    ])
    expect(await refusal('cluster')).toEqual([])
  })
})
