// What is known of a host, from its sampler's first line and its Shoal.
import type { TelemetryHeader } from '../../src/telemetry/record.ts'
import { mustRun } from '../must-run.ts'
import type { EvaluationHost } from './evaluation-host.ts'
import type { HostFacts } from './stage.ts'

export function describeHost(
  { name, role }: Pick<EvaluationHost, 'name' | 'role'>,
  { link, kind }: Pick<HostFacts, 'link' | 'kind'>,
  shoal: string,
  { kernel, engine = 'none', nodeVersion, cpus, power, clock }: TelemetryHeader,
): HostFacts {
  return {
    name,
    role,
    link,
    kind,
    shoal,
    kernel,
    engine,
    nodeVersion,
    cpus,
    ...(power === undefined ? {} : { power }),
    clock,
  }
}

/** `shoal --version` there. Throws ShoalError DEMO_FAILED. */
export async function readVersion(host: EvaluationHost, signal: AbortSignal): Promise<string> {
  return (await mustRun(host, ['shoal', '--version'], signal)).trim()
}
