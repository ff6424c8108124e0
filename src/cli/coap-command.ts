// `shoal coap`: one CoAP request from the command line.
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { Command, InvalidArgumentError, Option } from 'commander'
import { CoapClient, type CoapRequestInit, type CoapResponse } from '../coap/client.ts'
import { CoapError } from '../coap/coap-error.ts'
import { Code, formatCode } from '../coap/codes.ts'
import { ContentFormat } from '../coap/content-format.ts'
import { ShoalError } from '../model/errors.ts'
import type { Io } from './io.ts'

/** Names people type for content formats (RFC 7252 §12.3); any number is taken as well. */
const formatNames: Readonly<Record<string, number>> = {
  text: ContentFormat.TextPlain,
  link: ContentFormat.LinkFormat,
  octets: ContentFormat.OctetStream,
  json: ContentFormat.Json,
  cbor: ContentFormat.Cbor,
  'senml-json': ContentFormat.SenmlJson,
  'senml-cbor': ContentFormat.SenmlCbor,
}

interface Options {
  readonly format?: number
  readonly accept?: number
  readonly deadline: number
  readonly non?: true
  readonly json?: true
}

export function coapCommand(io: Io): Command {
  const command = new Command('coap').description('sends one CoAP request and prints the answer')
  const methods = { get: Code.Get, put: Code.Put, post: Code.Post, delete: Code.Delete }
  for (const [name, method] of Object.entries(methods)) {
    command
      .command(name)
      .argument('<uri>', 'coap://HOST[:PORT]/PATH[?QUERY]')
      .argument('[payload]', 'text, @FILE for the bytes of a file, or - for standard input')
      .addOption(
        new Option(
          '-f, --format <format>',
          `content format of the payload: ${Object.keys(formatNames).join(', ')} or a number`,
        ).argParser(parseFormat),
      )
      .addOption(
        new Option('-a, --accept <format>', 'content format wanted in the answer').argParser(parseFormat),
      )
      .addOption(
        new Option('-d, --deadline <seconds>', 'longest wait for the whole answer')
          .argParser(parseSeconds)
          .default(30),
      )
      .option('--non', 'send a non-confirmable request')
      .option('--json', 'print code, content format, milliseconds and payload (base64) as JSON')
      .description(`${name.toUpperCase()} of a resource`)
      .action((uri: string, payload: string | undefined, options: Options) =>
        send(io, name, method, uri, payload, options),
      )
  }
  return command
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
    throw new ShoalError(io.signal.aborted ? 'INTERRUPTED' : 'COAP_FAILED', {
      action,
      object: uri,
      reason: withoutLabel(error.message, `${action.toUpperCase()} ${uri}`),
      cause: error,
    })
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
  const code = formatCode(response.code)
  const succeeded = response.code >>> 5 === 2
  if (options.json) {
    const { contentFormat } = response
    const payload = Buffer.from(response.payload).toString('base64')
    io.out(`${JSON.stringify({ code, contentFormat, elapsedMs: Number(elapsedMs.toFixed(3)), payload })}\n`)
  } else if (succeeded) {
    io.out(response.payload.length === 0 ? `${code}\n` : `${response.text().replace(/\n$/, '')}\n`)
  }
  if (succeeded) return
  const diagnostic = response.text()
  throw new ShoalError('COAP_REFUSED', {
    action,
    object: uri,
    reason: `the server answered ${code}${diagnostic === '' ? '' : `, ${diagnostic}`}`,
  })
}

/** The client names the request in its messages; here action and object name it already. */
function withoutLabel(message: string, label: string): string {
  return message.startsWith(`${label}: `) ? message.slice(label.length + 2) : message
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

function parseFormat(text: string): number {
  const format = formatNames[text] ?? (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN)
  if (Number.isInteger(format) && format <= 0xffff) return format
  throw new InvalidArgumentError(`Known: ${Object.keys(formatNames).join(', ')}, or a number up to 65535.`)
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 3600) return seconds
  throw new InvalidArgumentError('It is a number of seconds, above 0 and up to 3600.')
}
