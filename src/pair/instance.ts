// Instances: those an application wants, and those found on a device, told by their labels.
import { randomBytes } from 'node:crypto'
import type { ContainerSummary } from '../engine/container-answers.ts'
import type { Application, CoapAnswer, Service } from '../model/application.ts'
import { type ContainerSpec, renderContainer } from '../model/container.ts'
import type { Device as PhysicalDevice } from '../model/devices/device.ts'
import type { FileModes } from './claims/file-access.ts'

/** One container that should run. */
export interface WantedInstance {
  /** `compute/compute.1`: application, service, number. */
  readonly id: string
  readonly service: Service
  /** From 1, over all devices. */
  readonly index: number
  /** Devices that it gets; none until they are chosen on the machine that is to run it. */
  readonly granted: readonly PhysicalDevice[]
  /** Of the files of that machine. */
  readonly fileModes: FileModes
  readonly spec: ContainerSpec
}

/** One container of Shoal's on a device. */
export interface FoundInstance {
  readonly id: string
  readonly application: string
  readonly service: string
  readonly index: number
  readonly configHash: string
  /** Which activation made it. */
  readonly run: string
  readonly container: ContainerSummary
}

/** Names one activation: everything that it makes carries it, so that it can be found and undone. */
export function newRunId(): string {
  return randomBytes(8).toString('hex')
}

/** Label with the run's id. */
export const runLabel = 'shoal.run'

/** What every container of pair mode carries. */
export const pairModeLabel = 'shoal.mode=pair'

/** Where it answers CoAP inside: `5683/.well-known/core`. Left out of a container that does not. */
const coapLabel = 'shoal.coap'

/** Changes with everything that its container is made from. */
export const configHashLabel = 'com.docker.compose.config-hash'

/** Every instance of the application, in start order. */
export function wantInstances(application: Application, run: string): WantedInstance[] {
  return application.services.flatMap((service) =>
    Array.from({ length: service.replicas }, (_, position) => {
      const index = position + 1
      return {
        id: instanceId(application.name, service.name, index),
        service,
        index,
        granted: [],
        fileModes: new Map(),
        spec: renderContainer(service, {
          application: application.name,
          index,
          labels: { [runLabel]: run, ...renderCoapLabel(service) },
        }),
      }
    }),
  )
}

/** @returns undefined for a container that is not of pair mode. */
export function findInstance(container: ContainerSummary): FoundInstance | undefined {
  const { labels } = container
  const [application, service, index] = ['application', 'service', 'instance'].map(
    (key) => labels[`shoal.${key}`],
  )
  if (labels['shoal.mode'] !== 'pair' || application === undefined || service === undefined) return undefined
  return {
    id: instanceId(application, service, Number(index)),
    application,
    service,
    index: Number(index),
    configHash: labels[configHashLabel] ?? '',
    run: labels[runLabel] ?? '',
    container,
  }
}

/** Pure: how a container that was found answers CoAP. */
export function coapAnswerOf({ container }: FoundInstance): CoapAnswer {
  const [, port, path = '/'] = /^(\d+)(\/.*)$/.exec(container.labels[coapLabel] ?? '') ?? []
  return { port: port === undefined ? undefined : Number(port), path }
}

function renderCoapLabel({ coap: { port, path } }: Service): Readonly<Record<string, string>> {
  return port === undefined ? {} : { [coapLabel]: `${port}${path}` }
}

export function configHashOf({ spec }: WantedInstance): string {
  return spec.body.Labels[configHashLabel] ?? ''
}

function instanceId(application: string, service: string, index: number): string {
  return `${application}/${service}.${index}`
}
