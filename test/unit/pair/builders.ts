// Builders for the tests of pair mode: what a test does not name has a plain value.
import type { ContainerSummary } from '../../../src/engine/container-answers.ts'
import type { Application } from '../../../src/model/application.ts'
import { parseCompose } from '../../../src/model/compose/parse-compose.ts'
import type { DeviceView } from '../../../src/pair/device-view.ts'
import {
  type FoundInstance,
  findInstance,
  type WantedInstance,
  wantInstances,
} from '../../../src/pair/instance.ts'

/** From the services of a Compose file: `web: {image: "web:1"}`. */
export function anApplication(services: string, name = 'app', rest = ''): Application {
  const text = `name: ${name}\nservices:\n${services.replace(/^/gm, '  ')}\n${rest}\n`
  return parseCompose(text, { fileName: '/app/compose.yaml' })
}

let containers = 0

export function aContainer(changes: Partial<ContainerSummary> = {}): ContainerSummary {
  const id = `c${++containers}`
  return {
    id,
    name: id,
    image: 'other:1',
    imageId: 'sha256:other',
    state: 'running',
    status: 'Up 1 second',
    createdAtMs: 0,
    labels: {},
    networkMode: 'default',
    ports: [],
    ...changes,
  }
}

/** A container as an earlier run of this very instance has made it. */
export function aContainerOf(
  instance: WantedInstance,
  changes: Partial<ContainerSummary> = {},
): ContainerSummary {
  const { name, body } = instance.spec
  return aContainer({
    name,
    image: body.Image,
    imageId: `sha256:${body.Image}`,
    labels: body.Labels,
    ...changes,
  })
}

export function aFoundInstance(parts: {
  application: string
  service: string
  index: number
}): FoundInstance {
  const labels = {
    'shoal.mode': 'pair',
    'shoal.application': parts.application,
    'shoal.service': parts.service,
    'shoal.instance': String(parts.index),
  }
  const found = findInstance(aContainer({ labels }))
  if (found === undefined) throw new Error('the labels are not those of pair mode')
  return found
}

export function aView(changes: Partial<DeviceView> = {}): DeviceView {
  return {
    label: 'one',
    containers: [],
    imageIds: new Map(),
    hasNetwork: false,
    volumes: new Set(),
    inventory: undefined,
    clusterClaims: new Map(),
    ...changes,
  }
}

export function wanted(application: Application, run = 'run1'): WantedInstance[] {
  return wantInstances(application, run)
}
