// `shoal scale`: how many instances of services are to be active.
import { Command } from 'commander'
import { apiRoutes } from '../model/api/routes.ts'
import type { ServiceAnswer } from '../model/api/service.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import type { ManagerClient } from './manager-client.ts'
import { connectManager, printJson, usageError, withManager } from './manager-option.ts'
import { Progress } from './progress.ts'
import { renderServices } from './ps-command.ts'
import { parseServiceWord, resolveServiceWord, type ServiceName, type ServiceWord } from './service-word.ts'

interface ScaleOptions extends ManagerOptions {
  readonly wait: boolean
  readonly json?: true
}

/** As long as a start may take on a slow board whose image is there already. */
const waitMs = 120_000
const lookEveryMs = 250
/** A node that has just become free is seen within this. */
const refusedMs = 3000

export function scaleCommand(io: Io): Command {
  return withManager(new Command('scale'))
    .description('sets how many instances of services are to be active')
    .argument('<service=n...>', 'APPLICATION/SERVICE=NUMBER; APPLICATION=NUMBER where it has one service')
    .option('--no-wait', 'do not wait until it is so')
    .option('--json', 'print the services as JSON')
    .action((words: string[], options: ScaleOptions) => scale(io, words, options))
}

async function scale(io: Io, words: readonly string[], options: ScaleOptions): Promise<void> {
  const asked = words.map(parseScale)
  const { signal } = io
  const client = await connectManager(io, options)
  const wanted: { readonly name: ServiceName; readonly active: number }[] = []
  // All names first: a wrong one changes nothing.
  for (const { word, active } of asked)
    wanted.push({ name: await resolveServiceWord(word, client, signal), active })
  for (const { name } of wanted) await client.ask(apiRoutes.service, { params: name }, { signal })
  for (const { name, active } of wanted)
    await client.ask(apiRoutes.scale, { params: name, body: { active } }, { signal })
  const progress = new Progress(io)
  const services: ServiceAnswer[] = []
  try {
    for (const { name, active } of wanted) {
      const label = `${name.application}/${name.service}`
      if (options.wait) progress.show(label, `waits for ${label}: ${active} active`)
      services.push(
        options.wait
          ? await settled(client, name, active, signal)
          : await client.ask(apiRoutes.service, { params: name }, { signal }),
      )
      progress.end(label)
    }
  } finally {
    progress.clear()
  }
  if (options.json) printJson(io, { services })
  else io.out(renderServices(services, Date.now()))
}

function parseScale(text: string): { readonly word: ServiceWord; readonly active: number } {
  const [, word = '', number = ''] = /^(.+)=(\d{1,5})$/.exec(text) ?? []
  if (word === '' || Number(number) > 10_000)
    throw usageError(
      `${text}: expected APPLICATION/SERVICE=NUMBER, a whole number up to 10000`,
      'shoal scale --help',
    )
  return { word: parseServiceWord(word), active: Number(number) }
}

/** Until as many work as are wanted, and no more. Throws ShoalError UNPLACEABLE, DEPLOY_INCOMPLETE. */
async function settled(
  client: ManagerClient,
  name: ServiceName,
  active: number,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const endsAtMs = performance.now() + waitMs
  let refusedSinceMs: number | undefined
  for (;;) {
    const service = await client.ask(apiRoutes.service, { params: name }, { signal })
    const up = service.instances.filter(
      ({ state }) => state !== 'standby' && state !== 'ended' && state !== 'failed',
    )
    const working = up.filter(({ state }) => state === 'answering' || state === 'running')
    if (working.length === active && up.length === active) return service
    const isRefused = up.some(
      ({ state, node, reason }) => state === 'waiting' && node === null && reason !== '',
    )
    if (!isRefused) refusedSinceMs = undefined
    else refusedSinceMs ??= performance.now()
    const isRefusedForGood = refusedSinceMs !== undefined && performance.now() - refusedSinceMs > refusedMs
    if (isRefusedForGood || performance.now() > endsAtMs)
      throw await notSettled(client, service, active, signal)
    await pause(lookEveryMs, signal)
    signal.throwIfAborted()
  }
}

async function notSettled(
  client: ManagerClient,
  { application, service, instances }: ServiceAnswer,
  active: number,
  signal: AbortSignal,
): Promise<ShoalError> {
  const object = `${application}/${service}`
  const nextStep = `it stays wanted: shoal scale ${object}=N with a smaller number takes it back`
  if (instances.some(({ state, node }) => state === 'waiting' && node === null)) {
    const { text } = await client.ask(apiRoutes.explain, { params: { application, service } }, { signal })
    return new ShoalError('UNPLACEABLE', { action: 'scale', object, reason: text, nextStep })
  }
  const working = instances.filter(({ state }) => state === 'answering' || state === 'running').length
  return new ShoalError('DEPLOY_INCOMPLETE', {
    action: 'scale',
    object,
    reason: `${working} of ${active} work after ${waitMs / 1000} s`,
    nextStep: `shoal ps ${application} shows the others`,
  })
}
