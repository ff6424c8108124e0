// The sensing service, activated in pair mode and in cluster mode as users do it, and removed.
import type { LabHost } from '../../lab/lab.ts'
import { ShoalError } from '../../src/model/errors.ts'
import { mustRun } from '../must-run.ts'
import { cpuFileScript, findCpuFile, parseCpuSeconds } from './cpu-time.ts'
import type { SensingMode } from './plan.ts'

/** The name of services/sensing/compose.yaml. */
const application = 'sensing'

export interface ActivatedSensing {
  readonly endpoint: string
  /** From the start of the command on the client to its end. */
  readonly ms: number
  /** CPU seconds of the instance's cgroup so far. */
  readonly cpuSeconds: () => Promise<number>
}

/** One mode's way to run the service on the worker. */
export interface SensingTarget {
  /** @param file the Compose file, as the client sees it */
  activate(file: string, signal: AbortSignal): Promise<ActivatedSensing>
  /** @returns how long the command took, in milliseconds. */
  remove(signal: AbortSignal): Promise<number>
}

interface Hosts {
  readonly client: LabHost
  readonly worker: LabHost
}

export function sensingTarget(mode: SensingMode, hosts: Hosts): SensingTarget {
  return mode === 'pair' ? pairTarget(hosts) : clusterTarget(hosts)
}

function pairTarget({ client, worker }: Hosts): SensingTarget {
  const device = `root@${worker.name}`
  return {
    async activate(file, signal) {
      const { output, ms } = await timed(client, ['shoal', 'pair', 'run', device, file, '--json'], signal)
      const { instances } = JSON.parse(output) as {
        readonly instances: readonly { readonly endpoint: string; readonly container: string }[]
      }
      const instance = only(instances, output)
      return {
        endpoint: instance.endpoint,
        ms,
        cpuSeconds: await cpuCounter(worker, instance.container, signal),
      }
    },
    remove: async (signal) => (await timed(client, ['shoal', 'pair', 'rm', device, application], signal)).ms,
  }
}

function clusterTarget({ client, worker }: Hosts): SensingTarget {
  return {
    async activate(file, signal) {
      const { output, ms } = await timed(client, ['shoal', 'deploy', file, '--json'], signal)
      const { services } = JSON.parse(output) as {
        readonly services: readonly {
          readonly instances: readonly { readonly id: string; readonly endpoint: string }[]
        }[]
      }
      const instance = only(services[0]?.instances ?? [], output)
      const filter = `label=com.docker.swarm.task.id=${instance.id}`
      const container = await mustRun(worker, ['docker', 'ps', '--quiet', '--filter', filter], signal)
      return {
        endpoint: instance.endpoint,
        ms,
        cpuSeconds: await cpuCounter(worker, container.trim(), signal),
      }
    },
    remove: async (signal) => (await timed(client, ['shoal', 'rm', application], signal)).ms,
  }
}

async function cpuCounter(
  worker: LabHost,
  container: string,
  signal: AbortSignal,
): Promise<() => Promise<number>> {
  const found = await mustRun(worker, ['sh', '-c', cpuFileScript, 'sh', container], signal)
  const file = findCpuFile(found)
  if (file === undefined) throw new Error(`no cgroup of ${container} counts CPU time: ${found.trim()}`)
  return async () => {
    const text = await mustRun(worker, ['cat', file], signal)
    const seconds = parseCpuSeconds(text)
    if (seconds === undefined) throw new Error(`${file} on ${worker.name} counts no CPU time: ${text.trim()}`)
    return seconds
  }
}

async function timed(host: LabHost, argv: readonly string[], signal: AbortSignal) {
  const startedAt = performance.now()
  const output = await mustRun(host, argv, signal)
  return { output, ms: performance.now() - startedAt }
}

function only<T>(instances: readonly T[], output: string): T {
  const [instance] = instances
  if (instance !== undefined) return instance
  throw new ShoalError('DEMO_FAILED', {
    action: 'activate',
    object: 'the sensing service',
    reason: `no instance in ${output.trim()}`,
  })
}
