// Builders for the tests of cluster mode: a Compose file with one service, of which only the keys at hand are written, and what Swarm gets of it.
import type { Application, Service } from '../../../src/model/application.ts'
import type { ClusterSettings } from '../../../src/model/cluster/settings.ts'
import { type ComposeContext, parseCompose } from '../../../src/model/compose/parse-compose.ts'
import { ShoalError } from '../../../src/model/errors.ts'
import { renderSwarmService, type SwarmServiceContext } from '../../../src/model/swarm-service.ts'
import type { SwarmServiceSpec } from '../../../src/model/swarm-service-spec.ts'
import { aFile } from './compose/reading.ts'

export type Context = Omit<ComposeContext, 'mode' | 'fileName'>

export function readForCluster(text: string, context: Context = {}): Application {
  return parseCompose(text, { mode: 'cluster', fileName: '/home/user/lab/compose.yaml', ...context })
}

/** Stands in for what only a registry and Swarm know. */
const bare: SwarmServiceContext = {
  image: '10.77.0.1:5000/nginx@sha256:0',
  platforms: [],
  secretIds: new Map(),
  configIds: new Map(),
}

export function renderFor(
  application: Application,
  name: string,
  context: Partial<SwarmServiceContext> = {},
): SwarmServiceSpec {
  const service = application.services.find((each) => each.name === name)
  if (service === undefined) throw new Error(`the file has no service ${name}`)
  return renderSwarmService(application, service, { ...bare, ...context })
}

/** Of the service `web` with these keys. */
export function specOf(
  keys = '',
  { top = '', ...context }: Context & { readonly top?: string } = {},
  around: Partial<SwarmServiceContext> = {},
): SwarmServiceSpec {
  return renderFor(readForCluster(aFile(keys, top), context), 'web', around)
}

export function settingsOf(keys = '', top = ''): ClusterSettings {
  const [service] = readForCluster(aFile(keys, top)).services
  if (service?.cluster === undefined) throw new Error('no service was read')
  return service.cluster
}

export function clusterService(keys = ''): Service {
  const [service] = readForCluster(aFile(keys)).services
  if (service === undefined) throw new Error('no service was read')
  return service
}

/** What is said against a file, without positions. */
export function refusalOf(text: string, context: Context = {}): readonly string[] {
  try {
    readForCluster(text, context)
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    return error.reason
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^ *\d+:\d+ +/, ''))
  }
  return []
}

/** What is said against the keys of the service `web`, without the path up to it. */
export function complaintsOf(keys: string, top = '', context: Context = {}): readonly string[] {
  return refusalOf(aFile(keys, top), context).map((line) => line.replace(/^services\.web\.?/, ''))
}
