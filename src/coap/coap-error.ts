// How a CoAP exchange fails, in protocol words; a caller wraps it in an error of its own for the user.

/**
 * - `timed-out`: no answer within the deadline, or no acknowledgement after the last retransmission.
 * - `reset`: the other side rejected the message (RFC 7252 §4.2).
 * - `aborted`: the caller's signal.
 * - `unreachable`: this machine could not send: no route, no such address.
 * - `unresolved`: the host name has no address.
 * - `bad-uri`, `bad-request`: the caller asked for something that CoAP cannot carry.
 * - `bad-response`: the answer breaks the protocol.
 * - `too-large`: the answer's body is above `maxBodyBytes`.
 * - `not-bound`: the address or port cannot be used for listening.
 * - `stopped`: the client or server was stopped.
 */
export type CoapErrorKind =
  | 'timed-out'
  | 'reset'
  | 'aborted'
  | 'unreachable'
  | 'unresolved'
  | 'bad-uri'
  | 'bad-request'
  | 'bad-response'
  | 'too-large'
  | 'not-bound'
  | 'stopped'

export class CoapError extends Error {
  readonly kind: CoapErrorKind

  constructor(kind: CoapErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CoapError'
    this.kind = kind
  }
}
