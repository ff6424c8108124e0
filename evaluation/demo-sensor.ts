// The sensor's part of the demo: a service that needs a light sensor runs on the worker that has one, and is read and observed by CoAP alone.
import type { LabHost } from '../lab/lab.ts'
import { mustRun } from './must-run.ts'
import { timed } from './timed.ts'

export const demoCapability = 'light'

export interface SensorDemo {
  /** Where Swarm has put it. */
  readonly node: string
  /** The POST, from its start to its end. */
  readonly activationMs: number
  /** Commands of libcoap's client, and what each printed. */
  readonly steps: readonly { readonly command: string; readonly output: string }[]
  /** What the observer was sent, SenML each. */
  readonly observed: readonly string[]
}

/** The light changes once a second. */
const observeSeconds = 3

/** @param uri `coap://ADDRESS` of the manager, whose catalogue has the application `sensing` */
export async function showSensor(client: LabHost, uri: string, signal: AbortSignal): Promise<SensorDemo> {
  const coap = ['coap-client-notls', '-B', '60']
  const service = `${uri}/services/sensing`
  const post = await timed(() => mustRun(client, [...coap, '-m', 'post', service], signal))
  const { endpoint } = JSON.parse(post.output) as { readonly endpoint: string }
  const { instances } = JSON.parse(await mustRun(client, [...coap, service], signal)) as {
    readonly instances: readonly { readonly node?: string }[]
  }
  const resource = `${endpoint}/${demoCapability}`
  const steps: { command: string; output: string }[] = []
  const show = async (...words: readonly string[]) => {
    const argv = [...coap, ...words, resource]
    const output = (await mustRun(client, argv, signal)).trim()
    steps.push({ command: argv.join(' '), output: readingsOf(output).join('\n') })
    return output
  }
  await show('-m', 'put', '-e', 'on')
  await show()
  const observed = await show('-s', String(observeSeconds))
  await mustRun(client, [...coap, '-m', 'delete', service], signal)
  return {
    node: instances[0]?.node ?? 'nobody',
    activationMs: post.ms,
    steps,
    observed: readingsOf(observed),
  }
}

/** libcoap's client prints one notification after the other without anything between them. */
function readingsOf(output: string): readonly string[] {
  return output.split(/(?<=\])\s*(?=\[)/).filter((text) => text !== '')
}
