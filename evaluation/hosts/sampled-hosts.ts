// The samplers of all hosts of a stage.
import { allOrFirstError } from '../../src/pair/all-or-first-error.ts'
import type { EvaluationHost } from './evaluation-host.ts'
import { describeHost, readVersion } from './host-facts.ts'
import { HostSampler } from './host-sampler.ts'
import type { HostFacts, HostSample } from './stage.ts'

export interface SampledHostsOptions {
  readonly hosts: readonly EvaluationHost[]
  readonly setting: Pick<HostFacts, 'link' | 'kind'>
  readonly powerOf: (host: EvaluationHost) => string
  readonly onSample: (sample: HostSample) => void
  readonly say: (line: string) => void
}

export class SampledHosts {
  readonly #options: SampledHostsOptions
  readonly #samplers: readonly HostSampler[]

  constructor(options: SampledHostsOptions) {
    const { hosts, powerOf, onSample, say } = options
    this.#options = options
    this.#samplers = hosts.map(
      (host) =>
        new HostSampler({
          host,
          power: powerOf(host),
          onSample: (sample) => onSample({ host: host.name, role: host.role, sample }),
          say,
        }),
    )
  }

  /** Resolves when every host's first sample is there. What was started is ended by `stop`, also where this throws. */
  async start(signal: AbortSignal): Promise<readonly HostFacts[]> {
    const { hosts, setting } = this.#options
    const headers = await allOrFirstError(this.#samplers, signal, (sampler, inner) => sampler.start(inner))
    return await allOrFirstError(hosts, signal, async (host, inner) => {
      const header = headers[hosts.indexOf(host)]
      if (header === undefined) throw new TypeError(`${host.name} has no sampler`)
      return describeHost(host, setting, await readVersion(host, inner), header)
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#samplers.map((sampler) => sampler.stop()))
  }
}
