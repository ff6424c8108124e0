// Fetches the images that the manager wants on this node, one at a time: an activation or a failover then waits for no pull.
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'

const firstRetryMs = 2000
const longestRetryMs = 120_000

export class Prefetcher {
  readonly #engine: Pick<Engine, 'images'>
  readonly #auth: RegistryAuth
  readonly #onChange: () => void
  #wanted: readonly string[] = []
  #missing: readonly string[] = []
  #problem: string | undefined
  #wake: () => void = () => {}

  constructor({
    engine,
    auth,
    onChange,
  }: {
    readonly engine: Pick<Engine, 'images'>
    readonly auth: RegistryAuth
    readonly onChange: () => void
  }) {
    this.#engine = engine
    this.#auth = auth
    this.#onChange = onChange
  }

  /** Of the wanted ones. */
  get missing(): readonly string[] {
    return this.#missing
  }

  /** Why the last one could not be fetched. */
  get problem(): string | undefined {
    return this.#problem
  }

  want(images: readonly string[]): void {
    if (images.join('\n') === this.#wanted.join('\n')) return
    this.#wanted = images
    this.#wake()
  }

  /** Until the signal comes. */
  async run(stop: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const wanted = this.#wanted
      const isDone = await this.#fetchAll(wanted, stop)
      if (stop.aborted) return
      if (this.#wanted !== wanted) continue
      if (isDone) retryMs = firstRetryMs
      await (isDone ? Promise.race([woken, aborted(stop)]) : Promise.race([woken, pause(retryMs, stop)]))
      if (!isDone) retryMs = Math.min(retryMs * 2, longestRetryMs)
    }
  }

  /** @returns whether all are there */
  async #fetchAll(wanted: readonly string[], stop: AbortSignal): Promise<boolean> {
    const missing: string[] = []
    for (const image of wanted) {
      const found = await this.#engine.images.inspect(image, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return false
      if (found === undefined) missing.push(image)
    }
    this.#tell(missing, undefined)
    for (const image of [...missing]) {
      if (stop.aborted || this.#wanted !== wanted) return false
      try {
        const isOurs = image.startsWith(`${this.#auth.serveraddress}/`)
        await this.#engine.images.pull(image, { ...(isOurs ? { auth: this.#auth } : {}), signal: stop })
        missing.splice(missing.indexOf(image), 1)
        this.#tell([...missing], undefined)
      } catch (error) {
        if (stop.aborted) return false
        const reason = error instanceof ShoalError ? error.reason : String(error)
        this.#tell([...missing], `fetch ${image}: ${reason}`)
      }
    }
    return missing.length === 0
  }

  #tell(missing: readonly string[], problem: string | undefined): void {
    const isNew = missing.join('\n') !== this.#missing.join('\n') || problem !== this.#problem
    this.#missing = missing
    this.#problem = problem
    if (isNew) this.#onChange()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
