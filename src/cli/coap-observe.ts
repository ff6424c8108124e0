// `shoal coap observe`: prints a resource whenever it changes (RFC 7641).
import { Command } from 'commander'
import { CoapClient, type CoapResponse } from '../coap/client.ts'
import { CoapError } from '../coap/coap-error.ts'
import { isSuccess } from '../coap/codes.ts'
import { ShoalError } from '../model/errors.ts'
import {
  acceptOption,
  deadlineOption,
  noAnswer,
  refusedBy,
  renderAnswer,
  withoutLabel,
} from './coap-words.ts'
import type { Io } from './io.ts'

interface Options {
  readonly accept?: number
  readonly deadline: number
  readonly json?: true
}

export function coapObserveCommand(io: Io): Command {
  return new Command('observe')
    .description('prints a resource, and again whenever it changes, until it is stopped')
    .argument('<uri>', 'coap://HOST[:PORT]/PATH[?QUERY]')
    .addOption(acceptOption())
    .addOption(deadlineOption('longest wait for the first answer, and for that to each renewal'))
    .option(
      '--json',
      'print code, content format, milliseconds since the start and payload (base64), one a line',
    )
    .action((uri: string, options: Options) => observe(io, uri, options))
}

/** Being stopped is how observing ends: the server is told, and it is no failure. */
async function observe(io: Io, uri: string, { accept, deadline, json }: Options): Promise<void> {
  const client = new CoapClient()
  const startedAtMs = performance.now()
  const label = `observe ${uri}`
  let latest: CoapResponse | undefined
  let isSilent = false
  try {
    const end = await client.observe(uri, {
      signal: io.signal,
      deadlineMs: deadline * 1000,
      ...(accept === undefined ? {} : { accept }),
      onRepresentation: (response) => {
        latest = response
        isSilent = false
        if (json) io.out(`${renderAnswer(response, performance.now() - startedAtMs)}\n`)
        else if (isSuccess(response.code)) io.out(`${response.text().replace(/\n$/, '')}\n`)
      },
      onSilence: (error) => {
        const reason = withoutLabel(error.message, label)
        if (!isSilent) io.err(`the server does not answer (${reason}); it is asked again until it does\n`)
        isSilent = true
      },
    })
    if (end === 'cancelled') return
    if (end === 'not-observable')
      throw new ShoalError('COAP_REFUSED', {
        action: 'observe',
        object: uri,
        reason: 'the server answered once, and does not tell of changes of this resource',
        nextStep: `ask whenever you want to know: shoal coap get ${uri}`,
      })
    if (latest !== undefined) throw refusedBy('observe', uri, latest)
  } catch (error) {
    if (!(error instanceof CoapError)) throw error
    if (io.signal.aborted) return
    throw noAnswer(io, 'observe', uri, label, error)
  } finally {
    await client.stop()
  }
}
