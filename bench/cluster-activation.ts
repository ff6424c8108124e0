// Activation in the cluster: cold and from standby, beside Swarm's API used directly, `docker service create`, and pair mode.

import { activateCompute, removeCompute } from '../evaluation/compute-targets.ts'
import { projectFile, runHostProgram } from '../evaluation/host-program.ts'
import { mustRun } from '../evaluation/must-run.ts'
import type { LabHost } from '../lab/lab.ts'
import { type ClusterLab, withClusterLab } from './cluster-lab.ts'
import {
  type BenchContext,
  type BenchResult,
  checkRatioGoal,
  readSetting,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const rounds = 20
const series = {
  cold: 'cluster, cold: one CoAP POST',
  standby: 'cluster, from standby: one CoAP POST',
  api: 'Swarm’s API on the manager, directly',
  cli: '`docker service create` on the manager',
  pair: 'pair mode, kept connection',
} as const

export async function benchClusterActivation(context: BenchContext): Promise<BenchResult> {
  const { signal, progress } = context
  const values: Record<string, number[]> = Object.fromEntries(Object.values(series).map((name) => [name, []]))
  const failures: Record<string, number> = {}
  const setting = readSetting({})
  let docker = ''
  await withClusterLab(context, 2, async (cluster) => {
    docker = (await mustRun(cluster.manager, ['docker', '--version'], signal)).trim()
    const take = async (name: string, measure: () => Promise<number>) => {
      try {
        values[name]?.push(await measure())
      } catch (error) {
        signal.throwIfAborted()
        failures[name] = (failures[name] ?? 0) + 1
        progress(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    await mustRun(cluster.client, ['shoal', 'deploy', projectFile('bench/compute-standby.yaml')], signal)
    const direct = await directInput(cluster, signal)
    await activateCompute(cluster.client, 'worker1', signal)
    await removeCompute(cluster.client, 'worker1')
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`)
      const uri = `coap://${cluster.manager.address}/services`
      await take(series.cold, () => byCoap(cluster.client, `${uri}/compute`, signal))
      await take(series.api, () => bySwarm(cluster.manager, { ...direct, way: 'api' }, signal))
      await take(series.standby, () => byCoap(cluster.client, `${uri}/quick`, signal))
      await take(series.cli, () => bySwarm(cluster.manager, { ...direct, way: 'cli' }, signal))
      await take(series.pair, async () => {
        const { activationMs } = await activateCompute(cluster.client, 'worker1', signal)
        await removeCompute(cluster.client, 'worker1')
        return activationMs
      })
    }
  })
  const of = (name: string) => values[name] ?? []
  const goals = [
    checkRatioGoal(
      'cluster, cold: at most 1.15 of Swarm’s API used directly',
      of(series.cold),
      of(series.api),
      1.15,
    ),
    checkRatioGoal('from standby: at most 0.15 of cold', of(series.standby), of(series.cold), 0.15),
  ]
  return {
    name: 'cluster-activation',
    setting: { ...setting, versions: { docker } },
    samples: Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, { activationMs: ms }])),
    failures,
    goals,
    report: [
      renderMarkdownTable(
        ['way', 'from the request to the first CoAP answer, ms', 'failed'],
        Object.entries(values).map(([name, ms]) => [name, renderMedian(ms, 0), String(failures[name] ?? 0)]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

interface DirectInput {
  readonly image: string
  readonly composeFile: string
  readonly auth: object
}

/** The image as the manager gives it to Swarm, and its credentials. */
async function directInput({ client, manager }: ClusterLab, signal: AbortSignal): Promise<DirectInput> {
  const post = ['coap-client-notls', '-B', '60', '-m', 'post', `coap://${manager.address}/services/compute`]
  await mustRun(client, post, signal)
  const image = (
    await mustRun(
      manager,
      ['docker', 'service', 'inspect', '-f', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', 'compute_compute'],
      signal,
    )
  ).trim()
  await mustRun(
    client,
    ['coap-client-notls', '-B', '60', '-m', 'delete', `coap://${manager.address}/services/compute`],
    signal,
  )
  const [serveraddress = ''] = image.split('/', 1)
  const password = await mustRun(manager, ['cat', '/var/lib/shoal/manager/registry.password'], signal)
  await mustRun(
    manager,
    ['docker', 'login', '-u', 'shoal', '--password-stdin', serveraddress],
    signal,
    password,
  )
  return {
    image,
    composeFile: projectFile('services/compute/compose.yaml'),
    auth: { username: 'shoal', password, serveraddress },
  }
}

async function byCoap(client: LabHost, uri: string, signal: AbortSignal): Promise<number> {
  return last(client, 'bench/probe/cluster-by-coap.ts', { uri, rounds: 1, restMs: 300 }, signal)
}

async function bySwarm(manager: LabHost, input: object, signal: AbortSignal): Promise<number> {
  return last(manager, 'bench/probe/swarm-service.ts', input, signal)
}

async function last(host: LabHost, program: string, input: object, signal: AbortSignal): Promise<number> {
  let ms = Number.NaN
  for await (const line of runHostProgram<{ activationMs: number }>(host, program, input, signal))
    ms = line.activationMs
  if (Number.isNaN(ms)) throw new Error(`${program} told nothing`)
  return ms
}
