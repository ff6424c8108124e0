// Why an instance ended, in words, from what Swarm says of it.

const killedCode = '137'

/** @param answersCoap whether an agent kills it when it does not answer within `readyMs` */
export function whyEnded(
  { error, message }: { readonly error: string; readonly message: string },
  { answersCoap, readyMs }: { readonly answersCoap: boolean; readonly readyMs: number },
): string {
  const reason = error === '' ? message : error
  const code = /^task: non-zero exit \((\d+)\)/.exec(reason)?.[1]
  if (code === undefined) return `it ended: ${reason}`
  if (code !== killedCode) return `its program ended with exit code ${code}`
  return answersCoap
    ? `it was killed: it did not answer CoAP within ${seconds(readyMs)} of its start, or took more memory than it may`
    : 'it was killed: it took more memory than it may, or somebody killed it'
}

/** `3 s`, `1.5 s` */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`
}
