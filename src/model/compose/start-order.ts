// The order in which services start: each after those that it depends on, else as the file has them.

interface Startable {
  readonly name: string
  readonly dependsOn: readonly { readonly service: string }[]
}

export type StartOrder<T> =
  | { readonly ok: true; readonly services: readonly T[] }
  /** The services that wait for one another, the first repeated at the end. */
  | { readonly ok: false; readonly cycle: readonly string[] }

/** Dependencies on services that are not in the list do not count. */
export function planStartOrder<T extends Startable>(services: readonly T[]): StartOrder<T> {
  const byName = new Map(services.map((service) => [service.name, service]))
  const done = new Set<T>()
  const waiting: T[] = []

  /** Gives a cycle when it meets one. */
  function visit(service: T): readonly string[] | undefined {
    if (done.has(service)) return undefined
    const from = waiting.indexOf(service)
    if (from >= 0) return [...waiting.slice(from), service].map(({ name }) => name)
    waiting.push(service)
    for (const { service: name } of service.dependsOn) {
      const needed = byName.get(name)
      const cycle = needed === undefined ? undefined : visit(needed)
      if (cycle !== undefined) return cycle
    }
    waiting.pop()
    done.add(service)
    return undefined
  }

  for (const service of services) {
    const cycle = visit(service)
    if (cycle !== undefined) return { ok: false, cycle }
  }
  return { ok: true, services: [...done] }
}
