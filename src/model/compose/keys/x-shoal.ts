// The key `x-shoal` of a service: what Compose has no word for.
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { readDuration, readPattern, readWhole } from '../read-value.ts'
import {
  honoured,
  nested,
  type Patch,
  type Rule,
  readSection,
  refused,
  type Section,
  withCluster,
} from '../section.ts'
import { readNeeds } from './needs.ts'

export interface XShoal {
  readonly coap: CoapDraft
  readonly ready: Patch<Ready>
  /** Capabilities, one a device. */
  readonly needs: readonly string[]
  /** In cluster mode alone. */
  readonly standby: number
}

/** `none`: the service is not asked by CoAP, whatever its ports say. */
export type CoapDraft = 'none' | Patch<Coap>

interface Coap {
  readonly port: number
  readonly path: string
}

interface Ready {
  readonly timeoutMs: number
}

export const coapSection: Section<Coap> = {
  extensible: false,
  keys: {
    port: honoured('container port that answers CoAP', 'port', readWhole(1, 65_535)),
    path: honoured(
      'resource that is asked to know that the service is ready; left out, /.well-known/core',
      'path',
      readPattern(/^\/[^\s?#]*$/, 'a path that begins with /'),
    ),
  },
}

export const readySection: Section<Ready> = {
  extensible: false,
  keys: {
    timeout: honoured(
      'how long an instance may take from its start until it is ready; left out, 30s',
      'timeoutMs',
      readDuration,
    ),
  },
}

const clusterOnly = 'it is for cluster mode only: leave it out'

/** An instance that stands by costs its memory and nothing else. */
const mostStandby = 64

const clusterKeys: Readonly<Record<string, Rule<XShoal>>> = {
  standby: honoured(
    'instances that are kept started and paused beside the active ones; an activation unpauses one',
    'standby',
    readWhole(0, mostStandby),
  ),
  scale: refused('instances are not added by load yet: shoal scale does it by hand'),
}

export const xShoalSection: Section<XShoal> = {
  extensible: false,
  keys: withCluster<XShoal>(
    {
      coap: honoured(
        'where the service answers CoAP, below; false, it does not. Left out: the port whose app_protocol is coap, else a published 5683/udp',
        'coap',
        readCoap,
        { '': coapSection },
      ),
      ready: nested('when an instance counts as ready, below', 'ready', readySection),
      needs: honoured(
        'capabilities that an instance must have, such as [humidity, laser]: each is one device of the machine that runs it, twice the same is two',
        'needs',
        readNeeds,
      ),
      standby: refused(clusterOnly),
      scale: refused(clusterOnly),
    },
    clusterKeys,
  ),
}

function readCoap(value: Located, findings: Findings): CoapDraft | undefined {
  if (value.kind === 'scalar' && value.value === false) return 'none'
  return readSection(coapSection, value, findings)
}
