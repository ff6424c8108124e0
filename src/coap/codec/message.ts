// A CoAP message as data, and a datagram that is none.
import type { CoapOption } from '../options.ts'

/** RFC 7252 §3. */
export const MessageType = Object.freeze({
  Confirmable: 0,
  NonConfirmable: 1,
  Acknowledgement: 2,
  Reset: 3,
} as const)

export interface Message {
  /** A value of `MessageType`. */
  readonly type: number
  readonly code: number
  /** The message ID: 16 bits that pair an acknowledgement or a reset with its message. */
  readonly id: number
  /** 0 to 8 bytes that pair a response with its request. */
  readonly token: Uint8Array
  /** In the order of their numbers when decoded; in any order when encoded. */
  readonly options: readonly CoapOption[]
  /** Empty where there is none: the format knows no payload of length zero. */
  readonly payload: Uint8Array
}

export interface Malformed {
  /** What is wrong, in words. */
  readonly malformed: string
  /** The ID for the reset that a malformed confirmable message is rejected with (§4.2); undefined where silence is due. */
  readonly resetId: number | undefined
}

export const noBytes: Uint8Array = new Uint8Array(0)
export const noOptions: readonly CoapOption[] = Object.freeze([])

/** RFC 7252 §3: the byte between options and payload. */
export const payloadMarker = 0xff
