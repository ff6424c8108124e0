// Amounts for people: memory in MiB, CPUs.

const bytesInMiB = 1 << 20

/** `64 MiB`; rounded up to a tenth, so that what is needed never reads like what is there. */
export function renderNeed(bytes: number): string {
  return renderMiB(Math.ceil((bytes * 10) / bytesInMiB) / 10)
}

/** `41.5 MiB`; rounded down to a tenth. */
export function renderFree(bytes: number): string {
  return renderMiB(Math.floor((Math.max(0, bytes) * 10) / bytesInMiB) / 10)
}

function renderMiB(mebibytes: number): string {
  return `${mebibytes} MiB`
}

/** `0.25 CPUs`, `1 CPU`, from billionths. */
export function renderCpus(nanoCpus: number): string {
  const cpus = Math.max(0, nanoCpus) / 1e9
  return `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`
}
