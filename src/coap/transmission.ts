// The transmission parameters of RFC 7252 §4.8 and the times that follow from them.

/** RFC 7252 §4.8.1 lets an application change these; both sides should then know. */
export interface TransmissionParameters {
  /** ACK_TIMEOUT, §4.8: the first wait for an acknowledgement, before the random factor. */
  readonly ackTimeoutMs: number
  /** ACK_RANDOM_FACTOR, §4.8: the first wait is ACK_TIMEOUT times 1 to this. */
  readonly ackRandomFactor: number
  /** MAX_RETRANSMIT, §4.8: transmissions after the first. */
  readonly maxRetransmit: number
  /** NSTART, §4.7: outstanding interactions with one endpoint; further requests wait, their deadlines running. */
  readonly nstart: number
  /** MAX_LATENCY, §4.8.2: how long a datagram may be under way. */
  readonly maxLatencyMs: number
  /** PROCESSING_DELAY, §4.8.2: how long a node takes to acknowledge. */
  readonly processingDelayMs: number
}

/**
 * The defaults of RFC 7252 §4.8. PROBING_RATE has no field: an unanswered NON request counts against NSTART until its
 * deadline, which paces it. DEFAULT_LEISURE belongs to multicast.
 */
export const rfc7252Parameters: TransmissionParameters = Object.freeze({
  ackTimeoutMs: 2_000,
  ackRandomFactor: 1.5,
  maxRetransmit: 4,
  nstart: 1,
  maxLatencyMs: 100_000,
  processingDelayMs: 2_000,
})

/** The RFC's parameters with some changed, checked and frozen. Throws `RangeError` for a value that cannot work (§4.8.1). */
export function transmissionParameters(changes: Partial<TransmissionParameters>): TransmissionParameters {
  const parameters = { ...rfc7252Parameters, ...changes }
  const check = (name: keyof TransmissionParameters, isGood: boolean, expected: string) => {
    if (!isGood) throw new RangeError(`${name}: expected ${expected}, got ${parameters[name]}`)
  }
  check('ackTimeoutMs', parameters.ackTimeoutMs > 0, 'more than 0')
  check('ackRandomFactor', parameters.ackRandomFactor >= 1, '1 or more')
  check(
    'maxRetransmit',
    Number.isInteger(parameters.maxRetransmit) &&
      parameters.maxRetransmit >= 0 &&
      parameters.maxRetransmit <= 20,
    'an integer from 0 to 20',
  )
  check('nstart', Number.isInteger(parameters.nstart) && parameters.nstart >= 1, 'an integer, 1 or more')
  check('maxLatencyMs', parameters.maxLatencyMs >= 0, '0 or more')
  check('processingDelayMs', parameters.processingDelayMs >= 0, '0 or more')
  return Object.freeze(parameters)
}

/** MAX_TRANSMIT_SPAN, §4.8.2: from the first transmission to the last. 45 s by default. */
export function maxTransmitSpanMs(p: TransmissionParameters): number {
  return p.ackTimeoutMs * (2 ** p.maxRetransmit - 1) * p.ackRandomFactor
}

/** MAX_TRANSMIT_WAIT, §4.8.2: from the first transmission to giving up. 93 s by default. */
export function maxTransmitWaitMs(p: TransmissionParameters): number {
  return p.ackTimeoutMs * (2 ** (p.maxRetransmit + 1) - 1) * p.ackRandomFactor
}

/** EXCHANGE_LIFETIME, §4.8.2: until a confirmable message's id may be used again. 247 s by default. */
export function exchangeLifetimeMs(p: TransmissionParameters): number {
  return maxTransmitSpanMs(p) + 2 * p.maxLatencyMs + p.processingDelayMs
}

/** NON_LIFETIME, §4.8.2: until a non-confirmable message's id may be used again. 145 s by default. */
export function nonLifetimeMs(p: TransmissionParameters): number {
  return maxTransmitSpanMs(p) + p.maxLatencyMs
}

/**
 * How long a request waits for its answer before it gets an empty acknowledgement (§5.2.2 leaves it open): a quarter of
 * ACK_TIMEOUT, so that the acknowledgement arrives well before the sender's first retransmission.
 */
export function ackDelayMs(p: TransmissionParameters): number {
  return p.ackTimeoutMs / 4
}
