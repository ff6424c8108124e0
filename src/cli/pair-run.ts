// `shoal pair run`: an application on devices, its endpoints, and how long each phase has taken.

import { ImageStore } from '../image/image-store.ts'
import type { Application } from '../model/application.ts'
import { renderEndpoint } from '../model/endpoint.ts'
import { claimsOf, renderClaims } from '../pair/claims/claim.ts'
import type { ActiveInstance, ExecutionEvent } from '../pair/execute-plan.ts'
import type { PairContext } from '../pair/pair-context.ts'
import { type RunResult, runApplication } from '../pair/run-application.ts'
import { imageStoreFolder } from './image-store-folder.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import { makeConnector, makeJournal, type PairOptions, requireWords, usage } from './pair-setting.ts'
import { Progress } from './progress.ts'
import type { Replicas } from './replicas.ts'
import { type Column, renderTable } from './table.ts'

export interface PairRunOptions extends PairOptions {
  readonly replicas: readonly Replicas[]
  readonly watch?: true
  readonly rm?: true
  readonly json?: true
}

/** How long a device that vanished in the middle is tried again, to undo what was begun there. */
const patienceMs = 15_000

export async function pairRun(io: Io, words: readonly string[], options: PairRunOptions): Promise<void> {
  const { targets, last } = requireWords(words, 'a service or a Compose file')
  if (options.rm && !options.watch)
    throw usage('--rm removes the instances when watching ends: it needs --watch')
  const progress = new Progress(io)
  const context: PairContext = {
    connector: makeConnector(io, options),
    journal: makeJournal(io),
    sources: {
      store: new ImageStore({ folder: imageStoreFolder(io.env) }),
      localEngineSocket: localEngineSocket(io.env),
    },
    // The clock of a process begins with it: the start of this program is part of what the user waits for.
    now: () => performance.now(),
    onEvent: (event) => showEvent(progress, event),
    say: (text) => progress.say(text),
    patienceMs,
    signal: io.signal,
  }
  const readApplication = async (): Promise<Application> => {
    const { loadApplication } = await import('./load-application.ts')
    const application = await loadApplication(last, io.env, options.replicas)
    for (const warning of application.warnings) progress.say(`warning: ${warning}`)
    return application
  }
  try {
    const result = await runApplication(readApplication, targets, context)
    progress.clear()
    io.out(
      options.json
        ? `${JSON.stringify(describe(result), undefined, options.watch ? 0 : 2)}\n`
        : renderTable(columnsFor(result.instances), result.instances),
    )
    if (options.watch) {
      const { pairWatch } = await import('./pair-watch.ts')
      await pairWatch(io, result, targets, context, options)
    }
  } finally {
    progress.clear()
  }
}

const verbs = {
  connect: 'connects',
  send: 'brings',
  create: 'creates',
  start: 'starts',
  ready: 'waits for',
} as const

function showEvent(progress: Progress, event: ExecutionEvent): void {
  switch (event.kind) {
    case 'phase': {
      const { device, object, phase } = event
      progress.show(
        keyOf(device, object),
        `${device}: ${verbs[phase]}${phase === 'connect' ? '' : ` ${object}`}`,
      )
      break
    }
    case 'transfer': {
      const { device, reference } = event
      progress.show(keyOf(device, `image ${reference}`), `${device}: sends ${reference}`, event)
      break
    }
    case 'done':
      progress.end(keyOf(event.device, event.object))
      break
    case 'warning':
      progress.say(`${event.device}: ${event.text}`)
      break
  }
}

function keyOf(device: string, object: string): string {
  return `${device} ${object}`
}

const columns: readonly Column<ActiveInstance>[] = [
  { title: 'INSTANCE', cell: ({ instance }) => instance.id },
  { title: 'DEVICE', cell: ({ device }) => device.label },
  { title: 'ENDPOINT', cell: ({ endpoint }) => (endpoint === undefined ? '-' : renderEndpoint(endpoint)) },
  ...(['connect', 'send', 'create', 'start', 'ready'] as const).map(
    (phase): Column<ActiveInstance> => ({
      title: phase.toUpperCase(),
      cell: ({ phasesMs }) => (phasesMs[phase] === 0 ? '-' : milliseconds(phasesMs[phase])),
      align: 'right',
    }),
  ),
  { title: 'TOTAL', cell: ({ readyAtMs }) => milliseconds(readyAtMs), align: 'right' },
]

/** With the claims where there are any. */
function columnsFor(instances: readonly ActiveInstance[]): readonly Column<ActiveInstance>[] {
  if (instances.every(({ instance }) => instance.granted.length === 0)) return columns
  const claims = ({ instance }: ActiveInstance): string => renderClaims(claimsOf(instance.granted)) || '-'
  return columns.flatMap((column) =>
    column.title === 'ENDPOINT' ? [column, { title: 'CLAIMS', cell: claims }] : [column],
  )
}

/** Times in milliseconds; `activationMs` is from when it was known what to run, `totalMs` from the start of this program. */
function describe({ application, requestedAtMs, instances }: RunResult) {
  return {
    application: application.name,
    instances: instances.map(({ instance, device, containerId, endpoint, isNew, phasesMs, readyAtMs }) => ({
      instance: instance.id,
      service: instance.service.name,
      device: device.label,
      address: device.address,
      endpoint: endpoint === undefined ? null : renderEndpoint(endpoint),
      claims: claimsOf(instance.granted),
      container: containerId,
      isNew,
      phasesMs,
      activationMs: readyAtMs - requestedAtMs,
      totalMs: readyAtMs,
    })),
  }
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
}
