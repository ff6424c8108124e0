// A Compose file to an application: pure, all problems at once, nothing passed over.
import type { Application, Service } from '../application.ts'
import { applicationNetwork } from '../application-network.ts'
import { ShoalError } from '../errors.ts'
import { type NeededFile, type ReadFile, UsedClusterObjects } from './cluster-objects.ts'
import { Findings, type Mode } from './findings.ts'
import { type ApplicationDraft, applicationSection } from './keys/application-keys.ts'
import { isActive } from './keys/profiles.ts'
import { type Located, placeOf } from './located.ts'
import { type Patch, readSection } from './section.ts'
import { type ReadService, readService, type ServiceContext } from './service.ts'
import { planStartOrder } from './start-order.ts'
import type { Environment } from './syntax/interpolate.ts'
import { readYaml } from './yaml-source.ts'

export interface ComposeContext {
  /** Which mode the file is for; left out, pair mode. */
  readonly mode?: Mode
  /** Path of the file; the folder in it names the application where nothing else does. */
  readonly fileName: string
  /** Comes before the file's `name`. */
  readonly projectName?: string
  /** The client's environment: for `${VARIABLE}`, names without value, COMPOSE_PROJECT_NAME and COMPOSE_PROFILES. */
  readonly environment?: Environment
  /** Comes before COMPOSE_PROFILES; `*` is all. */
  readonly profiles?: readonly string[]
  /** Cluster mode: what stands in the files that `findNeededFiles` names, by their path in the Compose file. */
  readonly files?: ReadonlyMap<string, Uint8Array>
}

/**
 * The files that secrets and configs of a Compose file take their content from: what its reader sends along as `files`.
 * A file with problems gives what could be read; parseCompose tells them.
 */
export function findNeededFiles(
  text: string,
  context: Omit<ComposeContext, 'mode' | 'files'>,
): readonly NeededFile[] {
  const needed = new Map<string, NeededFile>()
  const readFile: ReadFile = (file) => {
    if (!needed.has(file.path)) needed.set(file.path, file)
    return undefined
  }
  const findings = new Findings('cluster')
  const environment = context.environment ?? {}
  const source = readYaml(text, environment, findings)
  if (source !== undefined) readApplication(source, context, { environment, readFile }, findings)
  return [...needed.values()]
}

/**
 * Parses a Compose file.
 * @throws ShoalError COMPOSE_INVALID with every problem, its path, line and column
 * @see docs/compose.md: each key of the Compose specification, honoured or refused
 */
export function parseCompose(text: string, context: ComposeContext): Application {
  const findings = new Findings(context.mode)
  const environment = context.environment ?? {}
  const source = readYaml(text, environment, findings)
  const readFile: ReadFile = ({ path }) => context.files?.get(path)
  const application =
    source === undefined ? undefined : readApplication(source, context, { environment, readFile }, findings)
  if (application === undefined || findings.problemCount > 0) throw invalid(context.fileName, findings)
  return { ...application, warnings: findings.renderWarnings(context.fileName) }
}

function readApplication(
  source: Located,
  context: ComposeContext,
  { environment, readFile }: { readonly environment: Environment; readonly readFile: ReadFile },
  findings: Findings,
): Omit<Application, 'warnings'> {
  const draft = readSection(applicationSection, source, findings)
  if (source.kind === 'map' && !source.entries.has('services'))
    findings.problem(source.place, 'services is missing')
  const name = applicationName(draft, context, environment, source, findings)
  const active = activeServices(draft, context, environment, findings)
  const hasSeveralServices = active.size > 1
  const clusterObjects =
    findings.mode === 'pair'
      ? undefined
      : new UsedClusterObjects(
          draft,
          { application: name, environment, hasSeveralServices, readFile },
          findings,
        )
  const serviceContext: ServiceContext = {
    application: name,
    volumes: draft.volumes ?? new Map(),
    environment,
    defaultNetwork: hasSeveralServices ? 'application' : 'bridge',
    clusterObjects,
  }
  const services = [...active].map(([service, value]) =>
    readService(service, value, serviceContext, findings),
  )
  checkContainerNames(services, active, findings)
  const ordered = inStartOrder(services, draft, active, findings)
  const needsNetwork =
    clusterObjects === undefined && ordered.some(({ network }) => network === 'application')
  return {
    name,
    services: ordered,
    network: needsNetwork ? applicationNetwork(name) : undefined,
    cluster: clusterObjects?.objects,
  }
}

/** Those without profile, and those with an active one. */
function activeServices(
  { services = new Map() }: Patch<ApplicationDraft>,
  { profiles }: ComposeContext,
  environment: Environment,
  findings: Findings,
): ReadonlyMap<string, Located> {
  const wanted = profiles ?? lookUp(environment, 'COMPOSE_PROFILES')?.split(',') ?? []
  const active = new Set(wanted.map((profile) => profile.trim()).filter((profile) => profile !== ''))
  return new Map([...services].filter(([, service]) => isActive(service, active, findings)))
}

/** A name of the user's own is one container's on a device. */
function checkContainerNames(
  services: readonly ReadService[],
  sources: ReadonlyMap<string, Located>,
  findings: Findings,
): void {
  const owners = new Map<string, string>()
  for (const { name, containerName } of services) {
    if (containerName === undefined) continue
    const owner = owners.get(containerName)
    const source = sources.get(name)
    if (owner === undefined) owners.set(containerName, name)
    else if (source !== undefined) {
      findings.problem(
        placeOf(source, 'container_name'),
        `${containerName} is the name of the service ${owner} already`,
      )
    }
  }
}

/** Drops dependencies that may be missing, reports those that may not, and sorts. */
function inStartOrder(
  services: readonly ReadService[],
  { services: declared }: Patch<ApplicationDraft>,
  active: ReadonlyMap<string, Located>,
  findings: Findings,
): readonly Service[] {
  const resolved = services.map((service): Service => {
    for (const { service: needed, required, place } of service.dependsOn) {
      if (!required || active.has(needed)) continue
      const known = declared?.has(needed) === true
      const why = known ? 'none of its profiles is active' : 'no service of this name stands in the file'
      findings.problem(place, `${service.name} depends on ${needed}, and ${why}`)
    }
    const present = service.dependsOn.filter(({ service: needed }) => active.has(needed))
    return {
      ...service,
      dependsOn: present.map(({ service: needed, condition }) => ({ service: needed, condition })),
    }
  })
  const order = planStartOrder(resolved)
  if (order.ok) return order.services
  const [first = ''] = order.cycle
  const source = active.get(first)
  if (source !== undefined)
    findings.problem(
      placeOf(source, 'depends_on'),
      `services wait for one another: ${order.cycle.join(' -> ')}`,
    )
  return resolved
}

/** In the order of Compose: what was asked for, the environment, the file, its folder. */
function applicationName(
  { name }: Patch<ApplicationDraft>,
  { projectName, fileName }: ComposeContext,
  environment: Environment,
  source: Located,
  findings: Findings,
): string {
  const asked = projectName ?? (lookUp(environment, 'COMPOSE_PROJECT_NAME') || undefined)
  if (asked !== undefined) {
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(asked)) {
      const form = 'small letters, digits, _ and -, a letter or digit first'
      findings.problem(
        source.place,
        `the name asked for the application is ${JSON.stringify(asked)}, and it may have ${form}`,
      )
    }
    return asked
  }
  if (name !== undefined) return name
  const folder = fileName.split('/').at(-2) ?? ''
  const derived = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
  const nameIsWrong = source.kind !== 'map' || source.entries.has('name')
  if (derived === '' && !nameIsWrong)
    findings.problem(source.place, 'the application has no name: write name: NAME at the top')
  return derived
}

function lookUp(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

const nextSteps: Readonly<Record<Mode, string>> = {
  pair: 'docs/compose.md has each key of the Compose specification and what pair mode makes of it',
  cluster:
    'docs/compose.md has each key of the Compose specification, docs/compose-cluster.md what cluster mode takes differently',
}

function invalid(fileName: string, findings: Findings): ShoalError {
  const { problemCount } = findings
  return new ShoalError('COMPOSE_INVALID', {
    action: 'read',
    object: 'the Compose file',
    place: fileName,
    reason: `${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}\n${findings.renderProblems()}`,
    nextStep: nextSteps[findings.mode],
  })
}
