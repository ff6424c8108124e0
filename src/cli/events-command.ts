// `shoal events`: what has happened in the cluster, and what happens.
import { Command } from 'commander'
import type { EventAnswer } from '../model/api/event.ts'
import { apiRoutes } from '../model/api/routes.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import type { ManagerClient } from './manager-client.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'

interface EventsOptions extends ManagerOptions {
  readonly follow?: true
  readonly json?: true
}

const retryMs = 1000

export function eventsCommand(io: Io): Command {
  return withManager(new Command('events'))
    .description(
      'prints what has happened in the cluster: the last 1,000 events since the manager was started',
    )
    .option('-f, --follow', 'go on with what happens, until it is stopped')
    .option('--json', 'print them as JSON; with --follow one a line')
    .action(async (options: EventsOptions) => {
      const client = await connectManager(io, options)
      if (options.follow) {
        await follow(io, client, options.json === true)
        return
      }
      const answer = await client.ask(apiRoutes.events, { query: {} }, { signal: io.signal })
      if (options.json) printJson(io, answer)
      else io.out(answer.events.map((event) => `${renderEvent(event)}\n`).join(''))
    })
}

/** Takes up where it was cut off when the manager comes back; being stopped is how following ends. */
async function follow(io: Io, client: ManagerClient, isJson: boolean): Promise<void> {
  let after: string | undefined
  let isTold = false
  let hasBegun = false
  while (!io.signal.aborted) {
    try {
      for await (const { event, id } of client.events(after, { signal: io.signal })) {
        after = id
        hasBegun = true
        isTold = false
        io.out(`${isJson ? JSON.stringify(event) : renderEvent(event)}\n`)
      }
    } catch (error) {
      if (io.signal.aborted) return
      const isGone = error instanceof ShoalError && error.code === 'MANAGER_UNREACHABLE'
      if (!isGone || !hasBegun) throw error
      if (!isTold) io.err(`the manager does not answer (${error.reason}); it is asked again until it does\n`)
      isTold = true
    }
    await pause(retryMs, io.signal)
  }
}

/** `2026-01-02 03:04:05  node-joined  worker1: …`, in the time zone of this machine. */
export function renderEvent({ at, kind, subject, text }: EventAnswer): string {
  const date = new Date(at)
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  // Nodes and programs have a say in it: what would steer a terminal is replaced.
  const line = `${subject}: ${text}`.replaceAll(/[\s\p{Cc}]+/gu, ' ')
  return `${day} ${date.toTimeString().slice(0, 8)}  ${kind}  ${line}`
}
