// The agent's side of the talk with the manager: small reports up, orders down.
import type { CoapClient, CoapResponse } from '../../coap/client.ts'
import { CoapError } from '../../coap/coap-error.ts'
import { Code, isSuccess } from '../../coap/codes.ts'
import { ContentFormat } from '../../coap/content-format.ts'
import { decodeOrders, encodeReport } from '../../model/cluster/agent-codec.ts'
import type { AgentOrders, AgentReport } from '../../model/cluster/agent-messages.ts'
import { type Endpoint, renderEndpoint } from '../../model/endpoint.ts'
import { pause } from '../../model/pause.ts'

export interface Told {
  readonly instances: NonNullable<AgentReport['instances']>
  readonly problems: NonNullable<AgentReport['problems']>
  readonly missingImages: NonNullable<AgentReport['missingImages']>
  /** Undefined as long as nobody has looked. */
  readonly devices: AgentReport['devices']
}

export interface ReporterOptions {
  readonly client: CoapClient
  readonly manager: Endpoint
  /** Swarm's id of this node. */
  readonly nodeId: string
  /** New at each start of the agent. */
  readonly session: number
  /** What there is to tell now. */
  readonly look: () => Told
  readonly onOrders: (orders: AgentOrders) => void
  /** A line for the agent's log. */
  readonly log: (line: string) => void
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** While the manager answers; src/manager/monitor/silence.ts counts on it. */
const reportEveryMs = 1000
/** A slow link has its time for the answer before the report is taken for lost. */
const firstRetryMs = 250
/** Then: a link that is back is noticed this soon. */
const retryEveryMs = 125
/** Half a minute; a manager that is away for longer is not asked that often any more. */
const eagerRetries = 240
/** Two seconds: before that it is not worth a word that no answer came. */
const quietRetries = 16
/** An answer may come that late, over a slow link, while others are on their way. */
const answerLimitMs = 2000
/** So many requests are then under way at most. */
export const mostUnderWay = 2 + answerLimitMs / retryEveryMs
const clockEveryMs = 3_600_000
const registrationLimitMs = 5000

interface Attempt {
  readonly payload: Uint8Array
  readonly texts: ToldTexts
  readonly tellsClock: boolean
}

type ToldTexts = Readonly<Record<keyof Told, string>>

const nothingTold: ToldTexts = { instances: '', problems: '', missingImages: '', devices: '' }

export class Reporter {
  readonly #options: ReporterOptions
  readonly #uri: string
  #sequence = 0
  #ordersTag = 0
  #told = nothingTold
  #clockToldMs = Number.NEGATIVE_INFINITY
  #isChanged = false
  #wake: () => void = () => {}
  #observing: AbortController | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
    this.#uri = `${renderEndpoint(options.manager)}/agents/${options.nodeId}`
  }

  /** There is something new to tell: at once. */
  changed(): void {
    this.#isChanged = true
    this.#wake()
  }

  /** Until the signal comes. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#report(stop), this.#observe(stop)])
  }

  async #report(stop: AbortSignal): Promise<void> {
    let isRefused = false
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#isChanged = false
      const answered = await this.#untilAnswered(stop)
      if (answered === undefined) return
      const { response, attempt } = answered
      if (!isSuccess(response.code)) {
        if (!isRefused) this.#options.log(`the manager refuses the reports of this node: ${response.text()}`)
        isRefused = true
        await pause(reportEveryMs, stop)
        continue
      }
      isRefused = false
      this.#take(response, attempt)
      if (response.code === Code.Valid || this.#isChanged) continue
      await Promise.race([pause(reportEveryMs, stop), woken])
    }
  }

  #take(response: CoapResponse, { texts, tellsClock }: Attempt): void {
    if (response.code === Code.Valid) {
      // A manager that began anew asks for everything; it knows nothing of an observation either.
      this.#told = nothingTold
      this.#clockToldMs = Number.NEGATIVE_INFINITY
      this.#observing?.abort()
      return
    }
    this.#told = texts
    if (tellsClock) this.#clockToldMs = this.#options.now()
    // Orders that came by no notification: the observation may be lost.
    if (response.code === Code.Content && this.#takeOrders(response.payload)) this.#observing?.abort()
  }

  /**
   * Sends reports, each newer than the one before, until one is answered. They are not confirmable: the next one says all that a repetition would,
   * and more.
   */
  async #untilAnswered(
    stop: AbortSignal,
  ): Promise<{ readonly response: CoapResponse; readonly attempt: Attempt } | undefined> {
    const over = new AbortController()
    const onStop = (): void => over.abort()
    stop.addEventListener('abort', onStop, { once: true })
    let answered: { readonly response: CoapResponse; readonly attempt: Attempt } | undefined
    let first: Attempt | undefined
    let isUniform = true
    try {
      for (let retries = 0; answered === undefined && !stop.aborted; retries += 1) {
        if (retries === quietRetries)
          this.#options.log('the manager does not answer: the instances go on as they are')
        const attempt = this.#compose()
        first ??= attempt
        isUniform &&= isSame(attempt.texts, first.texts)
        void this.#send(attempt.payload, over.signal).then((response) => {
          if (response === undefined || answered !== undefined) return
          if (retries >= quietRetries) this.#options.log('the manager answers again')
          answered = { response, attempt }
          over.abort()
        })
        await pause(waitMs(retries), over.signal)
      }
    } finally {
      stop.removeEventListener('abort', onStop)
      over.abort()
    }
    if (stop.aborted || answered === undefined) return undefined
    if (isUniform) return answered
    // Which of several states the manager took last is not known: all is told again.
    return { ...answered, attempt: { ...answered.attempt, texts: nothingTold } }
  }

  #compose(): Attempt {
    const { session, look, now } = this.#options
    const told = look()
    const texts: ToldTexts = {
      instances: JSON.stringify(told.instances),
      problems: JSON.stringify(told.problems),
      missingImages: JSON.stringify(told.missingImages),
      devices: told.devices === undefined ? '' : JSON.stringify(told.devices),
    }
    const ifNew = <Part extends keyof Told>(part: Part): Told[Part] | undefined =>
      texts[part] === this.#told[part] ? undefined : told[part]
    const tellsClock = now() - this.#clockToldMs > clockEveryMs
    this.#sequence += 1
    const payload = encodeReport({
      session,
      sequence: this.#sequence,
      ordersTag: this.#ordersTag,
      instances: ifNew('instances'),
      problems: ifNew('problems'),
      missingImages: ifNew('missingImages'),
      devices: ifNew('devices'),
      clockSeconds: tellsClock ? Math.floor(Date.now() / 1000) : undefined,
    })
    return { payload, texts, tellsClock }
  }

  async #send(payload: Uint8Array, signal: AbortSignal): Promise<CoapResponse | undefined> {
    try {
      return await this.#options.client.request(this.#uri, {
        method: Code.Post,
        payload,
        contentFormat: ContentFormat.Cbor,
        confirmable: false,
        deadlineMs: answerLimitMs,
        signal,
      })
    } catch (error) {
      if (error instanceof CoapError) return undefined
      throw error
    }
  }

  /** So that new orders are here within milliseconds; when a registration is lost, they come with the answer to the next report. */
  async #observe(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const observing = new AbortController()
      const onStop = (): void => observing.abort()
      stop.addEventListener('abort', onStop, { once: true })
      this.#observing = observing
      try {
        await this.#options.client.observe(`${this.#uri}/orders`, {
          signal: observing.signal,
          accept: ContentFormat.Cbor,
          deadlineMs: registrationLimitMs,
          onRepresentation: ({ code, payload }) => {
            if (isSuccess(code)) this.#takeOrders(payload)
          },
        })
      } catch (error) {
        if (!(error instanceof CoapError)) throw error
      } finally {
        stop.removeEventListener('abort', onStop)
      }
      await pause(reportEveryMs, stop)
    }
  }

  /** @returns whether they are new */
  #takeOrders(bytes: Uint8Array): boolean {
    const orders = decodeOrders(bytes)
    if (orders === undefined || orders.tag === this.#ordersTag) return false
    this.#ordersTag = orders.tag
    this.#options.onOrders(orders)
    return true
  }
}

/** After so many reports that were not answered. */
function waitMs(retries: number): number {
  if (retries === 0) return firstRetryMs
  return retries < eagerRetries ? retryEveryMs : reportEveryMs
}

function isSame(one: ToldTexts, other: ToldTexts): boolean {
  return (
    one.instances === other.instances &&
    one.problems === other.problems &&
    one.missingImages === other.missingImages &&
    one.devices === other.devices
  )
}
