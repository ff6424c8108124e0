// Fetches the images that the manager wants on this node, one at a time: an activation or a failover then waits for no pull.
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { whyFull } from './why-full.ts'

export interface PrefetcherOptions {
  readonly images: Pick<Engine['images'], 'inspect' | 'pull'>
  /** Undefined: images are fetched without a name. */
  readonly auth: RegistryAuth | undefined
  /** Of the Engine: what it fetches is laid down there. */
  readonly dataFolder: string
  /** `missing` is another. */
  readonly onChange: () => void
  readonly onProblem: (text: string) => void
}

const firstRetryMs = 2000
const longestRetryMs = 120_000

export class Prefetcher {
  readonly #options: PrefetcherOptions
  #wanted: readonly string[] = []
  #missing: readonly string[] = []
  #wake: () => void = () => {}

  constructor(options: PrefetcherOptions) {
    this.#options = options
  }

  /** Of the wanted ones. */
  get missing(): readonly string[] {
    return this.#missing
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
      if (this.#wanted !== wanted) {
        retryMs = firstRetryMs
        continue
      }
      // One that somebody removes by hand is noticed when it is needed, by Swarm: it is not looked for again and again.
      await (isDone ? Promise.race([woken, aborted(stop)]) : Promise.race([woken, pause(retryMs, stop)]))
      retryMs = isDone ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs)
    }
  }

  /** @returns whether all are there */
  async #fetchAll(wanted: readonly string[], stop: AbortSignal): Promise<boolean> {
    const { images, onProblem } = this.#options
    const missing: string[] = []
    for (const image of wanted) {
      const found = await images.inspect(image, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return false
      if (found === undefined) missing.push(image)
    }
    this.#tell(missing)
    for (const image of [...missing]) {
      if (stop.aborted || this.#wanted !== wanted) return false
      const full = await whyFull(this.#options.dataFolder)
      if (full !== undefined) {
        onProblem(`fetch images: ${full}`)
        return false
      }
      try {
        await images.pull(image, { auth: this.#authFor(image), signal: stop })
        missing.splice(missing.indexOf(image), 1)
        this.#tell([...missing])
      } catch (error) {
        if (stop.aborted) return false
        onProblem(`fetch ${image}: ${error instanceof ShoalError ? error.reason : String(error)}`)
      }
    }
    return missing.length === 0
  }

  /** Credentials are for the registry that gave them, and for no other. */
  #authFor(image: string): RegistryAuth | undefined {
    const { auth } = this.#options
    return auth !== undefined && image.startsWith(`${auth.serveraddress}/`) ? auth : undefined
  }

  #tell(missing: readonly string[]): void {
    const isNew = missing.join('\n') !== this.#missing.join('\n')
    this.#missing = missing
    if (isNew) this.#options.onChange()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
