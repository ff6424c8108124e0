// The agent of a node: asks its instances, has hung ones killed, pauses what stands by, fetches images, reports to the manager.
import { CoapClient, type CoapResponse } from '../coap/client.ts'
import { CoapError } from '../coap/coap-error.ts'
import { Code, isSuccess } from '../coap/codes.ts'
import { ContentFormat } from '../coap/content-format.ts'
import { transmissionParameters } from '../coap/transmission.ts'
import type { Engine } from '../engine/engine.ts'
import type { RegistryAuth } from '../engine/registry-auth.ts'
import { decodeOrders, encodeReport } from '../model/cluster/agent-codec.ts'
import type { AgentInstance, AgentInstanceState, AgentOrders } from '../model/cluster/agent-messages.ts'
import { type Endpoint, renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { type LocalInstance, LocalInstances } from './agent/local-instances.ts'
import { Prefetcher } from './agent/prefetcher.ts'
import { probe } from './agent/prober.ts'

export interface AgentOptions {
  readonly engine: Pick<Engine, 'containers' | 'events' | 'images'>
  /** Of the manager's CoAP server. */
  readonly manager: Endpoint
  /** Swarm's id of this node. */
  readonly nodeId: string
  /** At which clients reach this node. */
  readonly address: string
  readonly registryAuth: RegistryAuth
  /** A line for the agent's log. */
  readonly log: (line: string) => void
  /** In [0, 1). */
  readonly random?: () => number
}

/** While the manager answers. */
const reportEveryMs = 1000
/** While it does not: a link that is back is noticed this soon. */
const retryEveryMs = 250
/** After so many unanswered reports in a row it is not asked that often any more. */
const eagerRetries = 120
/** By NON requests there is nothing but this wait. */
const answerLimitMs = 250
const clockEveryMs = 3_600_000
const observeRetryMs = 1000

interface Watched {
  instance: LocalInstance
  state: AgentInstanceState
  hasAnswered: boolean
  readonly stop: AbortController
}

export class Agent {
  readonly #options: AgentOptions
  readonly #client: CoapClient
  /** Probes must not wait for reports, nor one for another. */
  readonly #probes: CoapClient
  readonly #locals: LocalInstances
  readonly #prefetcher: Prefetcher
  readonly #session: number
  readonly #watched = new Map<string, Watched>()
  #orders: AgentOrders | undefined
  #problems: readonly string[] = []
  #wake: () => void = () => {}
  #isChanged = true
  #running: { readonly controller: AbortController; readonly ended: Promise<unknown> } | undefined
  #obeying: Promise<void> = Promise.resolve()

  constructor(options: AgentOptions) {
    const { engine, registryAuth, random = Math.random, log } = options
    this.#options = options
    this.#session = Math.floor(random() * 2 ** 32)
    this.#client = new CoapClient({ parameters: transmissionParameters({ nstart: 4 }) })
    this.#probes = new CoapClient({
      parameters: transmissionParameters({ nstart: 4, maxRetransmit: 1, ackTimeoutMs: 600 }),
    })
    this.#locals = new LocalInstances({
      engine,
      onList: (instances) => this.#see(instances),
      onTrouble: (error) => log(`the Engine does not tell its containers: ${messageOf(error)}`),
    })
    this.#prefetcher = new Prefetcher({ engine, auth: registryAuth, onChange: () => this.#changed() })
  }

  /** Begins; nothing here waits for the manager, which may be away. */
  start(signal: AbortSignal): void {
    const controller = new AbortController()
    const stop = AbortSignal.any([signal, controller.signal])
    const ended = Promise.all([
      this.#locals.run(stop),
      this.#prefetcher.run(stop),
      this.#report(stop),
      this.#observe(stop),
    ])
    this.#running = { controller, ended }
  }

  /** Ends every question and report; the instances go on as they are. */
  async stop(): Promise<void> {
    this.#running?.controller.abort()
    for (const { stop } of this.#watched.values()) stop.abort()
    this.#watched.clear()
    await this.#running?.ended
    await this.#obeying
    await Promise.all([this.#client.stop(), this.#probes.stop()])
    this.#running = undefined
  }

  #see(instances: readonly LocalInstance[]): void {
    const present = new Set(instances.map(({ id }) => id))
    for (const [id, watched] of this.#watched) {
      if (present.has(id)) continue
      watched.stop.abort()
      this.#watched.delete(id)
      this.#changed()
    }
    for (const instance of instances) this.#watch(instance)
    this.#obey()
  }

  #watch(instance: LocalInstance): void {
    const known = this.#watched.get(instance.id)
    if (known !== undefined && known.instance.containerId === instance.containerId) {
      if (known.instance.isPaused === instance.isPaused) {
        known.instance = instance
        return
      }
      // Paused or unpaused: its questions begin anew, or end.
      known.stop.abort()
    }
    const hasAnswered = known?.hasAnswered ?? false
    const watched: Watched = {
      instance,
      state: instance.isPaused
        ? 'paused'
        : hasAnswered || instance.probe === undefined
          ? 'answering'
          : 'starting',
      hasAnswered: hasAnswered || instance.probe === undefined || instance.isPaused,
      stop: new AbortController(),
    }
    this.#watched.set(instance.id, watched)
    this.#changed()
    if (!instance.isPaused && instance.probe !== undefined) void this.#ask(watched, instance.probe)
  }

  async #ask(
    watched: Watched,
    { port, path }: { readonly port: number; readonly path: string },
  ): Promise<void> {
    const { address, log } = this.#options
    const { instance, hasAnswered, stop } = watched
    const uri = `${renderEndpoint({ host: address, port })}${path}`
    await probe(
      {
        client: this.#probes,
        uri,
        readyMs: instance.readyMs,
        hasAnswered,
        onState: (state) => {
          if (state === 'answering') {
            watched.hasAnswered = true
            this.#turn(watched, 'answering')
            this.#obey()
            return
          }
          this.#turn(watched, 'silent')
          const why =
            state === 'not-ready'
              ? `did not answer within ${instance.readyMs / 1000} s of its start`
              : 'does not answer any more'
          log(`${instance.name} ${why}: killed, Swarm replaces it`)
          void this.#kill(instance)
        },
      },
      stop.signal,
    )
  }

  async #kill({ containerId, name }: LocalInstance): Promise<void> {
    try {
      await this.#options.engine.containers.kill(containerId, name)
    } catch (error) {
      this.#tellProblem(`kill ${name}: ${messageOf(error)}`)
    }
    this.#locals.touch()
  }

  #turn(watched: Watched, state: AgentInstanceState): void {
    if (watched.state === state || this.#watched.get(watched.instance.id) !== watched) return
    watched.state = state
    this.#changed()
  }

  /** Brings what runs here to what the orders say; one pass at a time, the newest orders last. */
  #obey(): void {
    this.#obeying = this.#obeying
      .then(() => this.#carryOut())
      .catch((error: unknown) => {
        this.#tellProblem(messageOf(error))
      })
  }

  async #carryOut(): Promise<void> {
    const orders = this.#orders
    if (orders === undefined) return
    const { containers } = this.#options.engine
    const [paused, stopped] = [new Set(orders.paused), new Set(orders.stopped)]
    await Promise.all(
      [...this.#watched.values()].map(async (watched) => {
        const { instance, hasAnswered } = watched
        const { id, containerId, name, isPaused } = instance
        if (stopped.has(id)) return await this.#kill(instance)
        if (paused.has(id) === isPaused) return
        // An instance stands by when it could answer: not before it has done so once.
        if (!isPaused && !hasAnswered) return
        const isDone = isPaused
          ? await containers.unpause(containerId, name)
          : await containers.pause(containerId, name)
        if (isDone) this.#watch({ ...instance, isPaused: !isPaused })
      }),
    )
  }

  #take(orders: AgentOrders): void {
    if (this.#orders?.tag === orders.tag) return
    this.#orders = orders
    this.#prefetcher.want(orders.images)
    this.#obey()
    this.#changed()
  }

  /** Small reports, at once when something changed: with the answer come new orders, if there are any. */
  async #report(stop: AbortSignal): Promise<void> {
    const uri = `${renderEndpoint(this.#options.manager)}/agents/${this.#options.nodeId}`
    let sequence = 0
    let failures = 0
    let told = { instances: '', problems: '', images: '' }
    let clockToldMs = Number.NEGATIVE_INFINITY
    let isKnown = true
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#isChanged = false
      sequence += 1
      const now = {
        instances: this.#instances(),
        problems: this.#allProblems(),
        images: this.#prefetcher.missing,
      }
      const texts = {
        instances: JSON.stringify(now.instances),
        problems: JSON.stringify(now.problems),
        images: JSON.stringify(now.images),
      }
      const tellsClock = performance.now() - clockToldMs > clockEveryMs
      const payload = encodeReport({
        session: this.#session,
        sequence,
        ordersTag: this.#orders?.tag ?? 0,
        instances: texts.instances === told.instances ? undefined : now.instances,
        problems: texts.problems === told.problems ? undefined : now.problems,
        clockSeconds: tellsClock ? Math.floor(Date.now() / 1000) : undefined,
        missingImages: texts.images === told.images ? undefined : now.images,
      })
      const answer = await this.#send(uri, payload, stop)
      if (stop.aborted) return
      if (answer !== undefined && isSuccess(answer.code)) {
        if (failures > 8) this.#options.log('the manager answers again')
        failures = 0
        isKnown = true
        told = texts
        if (tellsClock) clockToldMs = performance.now()
        if (answer.code === Code.Content) this.#takeBytes(answer.payload)
        // A manager that began anew says so by a valid answer that asks for everything.
        if (answer.code === Code.Valid) {
          told = { instances: '', problems: '', images: '' }
          clockToldMs = Number.NEGATIVE_INFINITY
          continue
        }
        if (this.#isChanged) continue
        await Promise.race([pause(reportEveryMs, stop), woken])
        continue
      }
      failures += 1
      if (failures === 8) this.#options.log('the manager does not answer; the instances go on')
      if (answer !== undefined && isKnown) {
        isKnown = false
        this.#options.log(`the manager refuses the reports of this node: ${answer.text()}`)
      }
      await pause(failures > eagerRetries || answer !== undefined ? reportEveryMs : retryEveryMs, stop)
    }
  }

  async #send(uri: string, payload: Uint8Array, stop: AbortSignal): Promise<CoapResponse | undefined> {
    try {
      return await this.#client.request(uri, {
        method: Code.Post,
        payload,
        contentFormat: ContentFormat.Cbor,
        confirmable: false,
        deadlineMs: answerLimitMs,
        signal: stop,
      })
    } catch (error) {
      if (error instanceof CoapError) return undefined
      throw error
    }
  }

  /** So that new orders reach the node within milliseconds; a lost registration costs a second, by the reports. */
  async #observe(stop: AbortSignal): Promise<void> {
    const uri = `${renderEndpoint(this.#options.manager)}/agents/${this.#options.nodeId}/orders`
    while (!stop.aborted) {
      try {
        await this.#client.observe(uri, {
          signal: stop,
          accept: ContentFormat.Cbor,
          deadlineMs: 5000,
          onRepresentation: (response) => {
            if (isSuccess(response.code)) this.#takeBytes(response.payload)
          },
        })
      } catch (error) {
        if (!(error instanceof CoapError)) throw error
      }
      await pause(observeRetryMs, stop)
    }
  }

  #takeBytes(bytes: Uint8Array): void {
    const orders = decodeOrders(bytes)
    if (orders !== undefined) this.#take(orders)
  }

  #instances(): readonly AgentInstance[] {
    return [...this.#watched.values()]
      .map(({ instance, state }) => ({ id: instance.id, state }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #allProblems(): readonly string[] {
    const { problem } = this.#prefetcher
    return (problem === undefined ? this.#problems : [...this.#problems, problem]).map((text) =>
      text.slice(0, 300),
    )
  }

  #tellProblem(text: string): void {
    this.#options.log(text)
    this.#problems = [...this.#problems, text].slice(-3)
    this.#changed()
  }

  #changed(): void {
    this.#isChanged = true
    this.#wake()
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ShoalError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
