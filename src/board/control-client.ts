// Asks a board that runs one thing over its control socket.
import { connect } from 'node:net'
import * as z from 'zod/mini'
import { ShoalError } from '../model/errors.ts'
import { BoardFolder } from './board-folder.ts'
import { namePattern } from './names.ts'
import type { ControlRequest } from './wire/control-request.ts'

/** A board answers at once. */
const deadlineMs = 10_000
/** Larger than any answer. */
const mostBytes = 16 * 1024 * 1024

const answerSchema = z.union([
  z.object({ ok: z.literal(false), text: z.string() }),
  z.looseObject({ ok: z.literal(true) }),
])

export interface BoardAddress {
  /** Where the folders of boards are. */
  readonly root: string
  readonly name: string
}

/**
 * @returns the answer, `ok` among it
 * @throws ShoalError BOARD_UNKNOWN where none of that name runs, BOARD_REFUSED with the board's words
 */
export async function askBoard(
  address: BoardAddress,
  request: ControlRequest,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  if (!namePattern.test(address.name)) throw unknownBoard(address, 'no board can be called that')
  const line = await exchange(address, `${JSON.stringify(request)}\n`, signal)
  const answer = answerSchema.parse(JSON.parse(line))
  if (answer.ok) return answer
  throw new ShoalError('BOARD_REFUSED', {
    action: request.op,
    object: 'device' in request ? `the device ${request.device}` : 'the board',
    place: `board ${address.name}`,
    reason: answer.text,
  })
}

function exchange(address: BoardAddress, request: string, signal: AbortSignal): Promise<string> {
  const socket = connect(new BoardFolder(address.root, address.name).controlSocket)
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let bytes = 0
    const stop = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : undefined)
    signal.addEventListener('abort', stop, { once: true })
    socket.setTimeout(deadlineMs, () => socket.destroy(new Error(`no answer within ${deadlineMs / 1000} s`)))
    socket.on('connect', () => socket.write(request))
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece)
      bytes += piece.length
      if (bytes > mostBytes) socket.destroy(new Error('the answer has no end'))
      if (!piece.includes(10)) return
      resolve(Buffer.concat(pieces).toString('utf8').split('\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(unknownBoard(address, reasonOf(error), error)),
    )
    socket.on('close', () => {
      signal.removeEventListener('abort', stop)
      reject(signal.aborted ? signal.reason : unknownBoard(address, 'it ended before it answered'))
    })
  })
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is none'
  if (code === 'ECONNREFUSED') return 'it has been killed: only its files are left'
  if (code === 'EACCES') return 'it belongs to another user'
  return message
}

function unknownBoard({ root, name }: BoardAddress, reason: string, cause?: unknown): ShoalError {
  return new ShoalError('BOARD_UNKNOWN', {
    action: 'ask',
    object: `the board ${name}`,
    place: root,
    reason,
    nextStep: 'shoal board run SCRIPT.yaml starts one; --folder says where its folder is',
    cause,
  })
}
