// `shoal pair run`: an application on devices, its endpoints, and how long each phase has taken.

import { ImageStore } from '../image/image-store.ts'
import type { Application } from '../model/application.ts'
import { renderEndpoint } from '../model/endpoint.ts'
import type { ActiveInstance, ExecutionEvent } from '../pair/execute-plan.ts'
import { type PairContext, runApplication } from '../pair/run-application.ts'
import { imageStoreFolder } from './image-store-folder.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import type { Replicas } from './pair-command.ts'
import { makeConnector, makeJournal, type PairOptions, requireWords, usage } from './pair-setting.ts'
import { Progress } from './progress.ts'
import { type Column, renderTable } from './table.ts'

export interface PairRunOptions extends PairOptions {
  readonly replicas: readonly Replicas[]
  readonly watch?: true
  readonly rm?: true
  readonly json?: true
}

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
    signal: io.signal,
  }
  const readApplication = async (): Promise<Application> => {
    const { loadApplication } = await import('./load-application.ts')
    const application = await loadApplication(last, io.env, options.replicas)
    for (const warning of application.warnings) progress.say(`warning: ${warning}`)
    return application
  }
  try {
    const active = await runApplication(readApplication, targets, context)
    progress.clear()
    io.out(
      options.json
        ? `${JSON.stringify({ instances: active.map(describe) }, undefined, 2)}\n`
        : renderTable(columns, active),
    )
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
    case 'phase':
      if (event.phase === 'connect') progress.show(event.device, `${event.device}: connects`)
      else
        progress.show(
          `${event.device} ${event.object}`,
          `${event.device}: ${verbs[event.phase]} ${event.object}`,
        )
      break
    case 'transfer':
      progress.show(
        `${event.device} image ${event.reference}`,
        `${event.device}: sends ${event.reference}`,
        event,
      )
      break
    case 'warning':
      progress.say(`${event.device}: ${event.text}`)
      break
  }
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

function describe({ instance, device, containerId, endpoint, isNew, phasesMs, readyAtMs }: ActiveInstance) {
  return {
    instance: instance.id,
    service: instance.service.name,
    device: device.label,
    address: device.address,
    endpoint: endpoint === undefined ? null : renderEndpoint(endpoint),
    container: containerId,
    isNew,
    phasesMs,
    /** From the start of this program to the first answer. */
    activationMs: readyAtMs,
  }
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
}
