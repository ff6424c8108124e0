// A real browser for tests: Chromium without a window, spoken to by its DevTools protocol over a pair of pipes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

export interface PageEvent {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Longest wait for one answer of the browser. */
const answerMs = 60_000

/** As root a sandbox of Chromium's cannot be made; what is opened is our own file. */
const programArgs = (profile: string) => [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  `--user-data-dir=${profile}`,
  '--remote-debugging-pipe',
  'about:blank',
]

/** One page of one browser. `start` opens it, `stop` leaves no process and no folder. */
export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'shoal-browser-'))
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  readonly #events: PageEvent[] = []
  #program: ChildProcess | undefined
  #session = ''
  #lastId = 0
  #unread = ''

  /** What the page has said since it was opened: requests, messages of its console, exceptions. */
  get events(): readonly PageEvent[] {
    return this.#events
  }

  async start(): Promise<void> {
    const program = spawn('chromium', programArgs(this.#profile), {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // Its helpers are ended with it, as a group.
      detached: true,
    })
    await once(program, 'spawn').catch((cause: unknown) => {
      throw new Error('chromium cannot be started: sh scripts/setup --test installs it', { cause })
    })
    this.#program = program
    const output = program.stdio[4] as Readable
    output.setEncoding('utf8').on('data', (text: string) => this.#read(text))
    const { targetInfos } = await this.#call('Target.getTargets', {})
    const page = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === 'page')
    const attached = await this.#call('Target.attachToTarget', { targetId: page?.targetId, flatten: true })
    this.#session = String(attached.sessionId)
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await this.send(`${domain}.enable`)
  }

  async stop(): Promise<void> {
    const program = this.#program
    if (program?.pid !== undefined && program.exitCode === null && program.signalCode === null) {
      const ended = once(program, 'exit')
      process.kill(-program.pid, 'SIGKILL')
      await ended
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  /** Opens a file at a width and waits until it is drawn. */
  async open(path: string, width: number, height: number): Promise<void> {
    this.#events.length = 0
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    })
    await this.send('Page.navigate', { url: `file://${path}` })
    const deadline = Date.now() + answerMs
    // Not by the state of the document: until the new one is there, the one before says that it is complete.
    while (!this.#events.some(({ method }) => method === 'Page.loadEventFired')) {
      if (Date.now() > deadline) throw new Error(`${path} is not loaded after ${answerMs / 1000} s`)
      await this.evaluate('document.readyState')
    }
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { value?: unknown }).value
  }

  /** A command of the protocol to the page. */
  send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.#call(method, params, this.#session)
  }

  async #call(
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    this.#lastId += 1
    const id = this.#lastId
    const input = this.#program?.stdio[3] as Writable
    const answered = new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${method}: no answer after ${answerMs / 1000} s`)),
        answerMs,
      )
      this.#waiting.set(id, (reply) => {
        clearTimeout(timer)
        resolve(reply)
      })
    })
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    const { result = {}, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** Messages end with a zero byte. */
  #read(text: string): void {
    const messages = (this.#unread + text).split('\0')
    this.#unread = messages.pop() ?? ''
    for (const message of messages) {
      const reply = JSON.parse(message) as Reply
      if (reply.id !== undefined) {
        this.#waiting.get(reply.id)?.(reply)
        this.#waiting.delete(reply.id)
      } else if (reply.method !== undefined) {
        this.#events.push({ method: reply.method, params: reply.params ?? {} })
      }
    }
  }
}
