// Sensors and actuators behind CoAP (paper §V.A, Fig. 11 to 13): the service is activated, switched on, read at fixed times, switched off, removed.
import { runHostProgram } from '../host-program.ts'
import type { Stage } from '../hosts/stage.ts'
import { mustRun } from '../must-run.ts'
import { isAnswered, type RequestPlan, type RequestRecord } from '../sensing/measure.ts'
import { type PaperCapability, paperCapabilities } from '../sensing/paper-capabilities.ts'
import { writeSensingCompose } from '../sensing/sensing-compose.ts'
import { activateByCoap, addToCatalogue, giveBack, removeFromCatalogue } from './cluster-mode.ts'
import { firstWorker } from './compute-service.ts'
import { waitMs } from './interval.ts'
import { pairRemove, pairRunOne } from './pair-mode.ts'
import type { Cell, Scenario } from './scenario.ts'
import { sensingFigures } from './sensing/figures.ts'
import { observeSensing } from './sensing/observe.ts'
import { type SensingSettings, sensingSettings } from './sensing/settings.ts'
import { withClearing } from './with-clearing.ts'

/** Of the service and of its application. */
const service = 'sensing'
/** Four transmissions by RFC 7252 §4.8 may take longer, and count as a failure then. */
const deadlineMs = 10_000
/** What a course begins with; the second that the end of the activation is sampled in, which belongs to no GET; that of the removal. */
const [beforeMs, settledMs, afterMs] = [2_000, 1_200, 1_200]
/** In the lab: activation and removal, either mode. */
const aroundMs = { pair: 2_500, cluster: 4_500 } as const

export const sensing: Scenario<SensingSettings> = {
  name: 'sensing',
  title: 'Sensors and actuators',
  paper: 'Fig. 11, 12 and 13',
  settings: sensingSettings,

  plan: ({ links, modes, capabilities, repetitions, forSeconds }) =>
    links.flatMap((link) =>
      modes.flatMap((mode) =>
        capabilities.flatMap((capability) =>
          Array.from(
            { length: repetitions },
            (_, index): Cell => ({
              id: `sensing/${link}/${mode}/${capability}/${index + 1}`,
              scenario: 'sensing',
              need: { link, mode, workers: 1, devices: true },
              factors: { link, mode, capability },
              repetition: index + 1,
              expectedMs: beforeMs + settledMs + afterMs + aroundMs[mode] + forSeconds * 1000,
            }),
          ),
        ),
      ),
    ),

  /** The first activation brings the image to the worker. */
  async prepare(_settings, [first], { stage, signal }) {
    await mustRun(stage.client, ['shoal', 'image', 'build', service, '--no-load'], signal)
    if (first !== undefined) {
      const active = await activate(stage, capabilityOf(first), signal)
      await active.remove(signal)
    }
    return async () => {}
  },

  async run(chosen, cell, { stage, signal, emit }) {
    const capability = capabilityOf(cell)
    const mark = (name: string) => emit({ type: 'mark', name })
    await waitMs(beforeMs, signal)
    mark('activation')
    const active = await activate(stage, capability, signal)
    await withClearing(async () => {
      emit({ type: 'activation', activationMs: active.activationMs, endpoint: active.endpoint })
      mark('on')
      await waitMs(settledMs, signal)
      const plan: RequestPlan = {
        capability,
        endpoint: active.endpoint,
        forMs: chosen.forSeconds * 1000,
        everyMs: chosen.everySeconds * 1000,
        deadlineMs,
      }
      const probe = 'evaluation/probe/sensing.ts'
      for await (const record of runHostProgram<RequestRecord>(stage.client, probe, plan, signal)) {
        emit({ ...record })
        if (record.method === 'PUT' && !isAnswered(record)) throw new Error(refusal(record))
      }
      mark('removal')
    }, active.remove)
    mark('removed')
    await waitMs(afterMs, signal)
  },

  observe: ({ everySeconds }, records) => observeSensing(records, everySeconds * 1000),

  figures: (chosen, observed) => sensingFigures(observed, chosen),
}

interface Active {
  readonly endpoint: string
  readonly activationMs: number
  readonly remove: (clearing: AbortSignal) => Promise<void>
}

/** What fails leaves nothing running. */
async function activate(stage: Stage, capability: PaperCapability, signal: AbortSignal): Promise<Active> {
  const hosts = { client: stage.client, worker: firstWorker(stage) }
  const isCluster = stage.need.mode === 'cluster'
  const file = await writeSensingCompose(stage.client, capability, signal)
  if (isCluster) await addToCatalogue(stage, file, signal)
  const remove = async (clearing: AbortSignal) => {
    if (!isCluster) return await pairRemove(hosts, service, clearing)
    await giveBack(stage, service, clearing)
    await removeFromCatalogue(stage, service, clearing)
  }
  try {
    const { endpoint, activationMs } = isCluster
      ? await activateByCoap(stage, service, signal)
      : await pairRunOne(hosts, file, signal)
    return { endpoint, activationMs, remove }
  } catch (error) {
    await remove(AbortSignal.timeout(60_000)).catch(() => {})
    throw error
  }
}

function capabilityOf({ id, factors }: Cell): PaperCapability {
  const capability = paperCapabilities.find((each) => each === factors.capability)
  if (capability === undefined) throw new TypeError(`the cell ${id} has no capability`)
  return capability
}

function refusal({ path, body, code, payload, failure }: RequestRecord): string {
  return `PUT ${path} ${body ?? ''}: ${failure ?? `${code} ${payload ?? ''}`.trim()}`
}
