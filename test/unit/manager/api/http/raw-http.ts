// HTTP as bytes on a socket: what no well-behaved client would send.
import { connect, type Socket } from 'node:net'

export interface RawConnection {
  readonly socket: Socket
  /** What has come so far. */
  text(): string
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>
}

export function openRaw(port: number, firstBytes: string): RawConnection {
  const socket = connect({ host: '127.0.0.1', port })
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    received += text
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.on('error', () => {})
  })
  socket.write(firstBytes)
  return { socket, text: () => received, closed }
}

/** The answer to bytes after which the server closes. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  const { text, closed } = openRaw(port, bytes)
  await closed
  return text()
}
