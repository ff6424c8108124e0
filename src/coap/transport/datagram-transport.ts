// What an endpoint stands on: something that carries datagrams. UDP is one; DTLS or a test's wire are others.
import type { Remote } from './remote.ts'

/** Called with each datagram; the receiver may keep views of it. `toGroup`: it was sent to a group, not to this endpoint alone. */
export type DatagramReceiver = (datagram: Uint8Array, remote: Remote, toGroup?: boolean) => void

export interface DatagramTransport {
  /** Opens it, delivers to `receiver` from then on, and says where it listens. Rejects with `CoapError` (`not-bound`, `stopped`). */
  start(receiver: DatagramReceiver): Promise<Remote>
  /**
   * Best effort; never throws. `onError` learns, later, that the datagram could not leave this machine; without it such a
   * datagram is as good as lost on the way. The datagram must not be changed afterwards.
   */
  send(datagram: Uint8Array, remote: Remote, onError?: (error: Error) => void): void
  /** Nothing is delivered once it is called. May be called twice, and before `start`. */
  stop(): Promise<void>
}
