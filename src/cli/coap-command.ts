// `shoal coap`: CoAP from the command line: one request, or one resource observed.
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { Command } from 'commander'
import { CoapClient, type CoapRequestInit, type CoapResponse } from '../coap/client.ts'
import { CoapError } from '../coap/coap-error.ts'
import { Code, formatCode, isSuccess } from '../coap/codes.ts'
import { ShoalError } from '../model/errors.ts'
import { coapObserveCommand } from './coap-observe.ts'
import {
  acceptOption,
  deadlineOption,
  formatOption,
  noAnswer,
  refusedBy,
  renderAnswer,
} from './coap-words.ts'
import type { Io } from './io.ts'

interface Options {
  readonly format?: number
  readonly accept?: number
  readonly deadline: number
  readonly non?: true
  readonly json?: true
}

export function coapCommand(io: Io): Command {
  const command = new Command('coap').description(
    'sends one CoAP request and prints the answer, or observes a resource',
  )
  const methods = { get: Code.Get, put: Code.Put, post: Code.Post, delete: Code.Delete }
  for (const [name, method] of Object.entries(methods)) {
    command
      .command(name)
      .argument('<uri>', 'coap://HOST[:PORT]/PATH[?QUERY]')
      .argument('[payload]', 'text, @FILE for the bytes of a file, or - for standard input')
      .addOption(formatOption())
      .addOption(acceptOption())
      .addOption(deadlineOption('longest wait for the whole answer'))
      .option('--non', 'send a non-confirmable request')
      .option('--json', 'print code, content format, milliseconds and payload (base64) as JSON')
      .description(`${name.toUpperCase()} of a resource`)
      .action((uri: string, payload: string | undefined, options: Options) =>
        send(io, name, method, uri, payload, options),
      )
  }
  return command.addCommand(coapObserveCommand(io))
}

async function send(
  io: Io,
  action: string,
  method: number,
  uri: string,
  payload: string | undefined,
  options: Options,
): Promise<void> {
  const init: CoapRequestInit = {
    method,
    confirmable: options.non !== true,
    deadlineMs: options.deadline * 1000,
    signal: io.signal,
    ...(payload === undefined ? {} : { payload: await readPayload(payload) }),
    ...(options.format === undefined ? {} : { contentFormat: options.format }),
    ...(options.accept === undefined ? {} : { accept: options.accept }),
  }
  const client = new CoapClient()
  const startedAt = performance.now()
  try {
    const response = await client.request(uri, init)
    print(io, action, uri, response, performance.now() - startedAt, options)
  } catch (error) {
    if (!(error instanceof CoapError)) throw error
    throw noAnswer(io, action, uri, `${action.toUpperCase()} ${uri}`, error)
  } finally {
    await client.stop()
  }
}

function print(
  io: Io,
  action: string,
  uri: string,
  response: CoapResponse,
  elapsedMs: number,
  options: Options,
): void {
  const succeeded = isSuccess(response.code)
  if (options.json) io.out(`${renderAnswer(response, elapsedMs)}\n`)
  else if (succeeded) {
    const text = response.payload.length === 0 ? formatCode(response.code) : response.text()
    io.out(`${text.replace(/\n$/, '')}\n`)
  }
  if (!succeeded) throw refusedBy(action, uri, response)
}

async function readPayload(payload: string): Promise<Uint8Array> {
  if (payload === '-') return await buffer(process.stdin)
  if (!payload.startsWith('@')) return Buffer.from(payload, 'utf8')
  try {
    return await readFile(payload.slice(1))
  } catch (error) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: payload.slice(1),
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}
