// The Engine's configuration, daemon.json, as text: what Shoal sets there put in and taken out, everything else kept.
import { isDeepStrictEqual } from 'node:util'
import { ShoalError } from '../model/errors.ts'

export const engineConfigFile = '/etc/docker/daemon.json'

/** By which `docker info` and placement constraints know the cluster of an engine: `engine.labels.shoal.cluster`. */
export const clusterEngineLabel = 'shoal.cluster'

/** By which the Engine knows the device runtime. */
export const runtimeName = 'shoal'
/** The Engine's own. */
export const stockRuntimeName = 'runc'

export interface EngineSettings {
  /** Value of the label; undefined: its command line gives labels, and the file must not. */
  readonly label: string | undefined
  /** Undefined: the node has none to offer. */
  readonly devices:
    | {
        /** `humidity=dht11-kitchen` */
        readonly resources: readonly string[]
        /** Of the device runtime, absolute. */
        readonly runtimePath: string
      }
    | undefined
}

/** What the file said before Shoal wrote it, and what Shoal wrote; undefined: there was no file. */
export interface KnownConfig {
  readonly before: string | undefined
  readonly written: string
}

type Config = Readonly<Record<string, unknown>>

/**
 * The same configuration with the settings; a text that has them already is returned as it is.
 * @param text without any of Shoal's settings; undefined: there is no file
 * @throws ShoalError ENGINE_CONFIG for a text that is no JSON object, or whose members are not of the Engine's form
 */
export function withSettings(text: string | undefined, settings: EngineSettings, file: string): string {
  const config = parse(text, file)
  const merged = {
    ...config,
    ...labelSetting(config, settings.label, file),
    ...deviceSettings(config, settings.devices, file),
  }
  return text !== undefined && isDeepStrictEqual(config, merged) ? text : render(merged)
}

/**
 * Without Shoal's settings, where somebody changed the file after they were put in: what he wrote stays.
 * @param known undefined: nobody remembers it, and only what bears Shoal's name goes
 * @throws ShoalError ENGINE_CONFIG
 */
export function withoutSettings(text: string, known: KnownConfig | undefined, file: string): string {
  const config = parse(text, file)
  const before = known === undefined ? {} : parse(known.before, file)
  const written = known === undefined ? {} : parse(known.written, file)
  const bare = withoutResources(withoutRuntime(withoutLabel(config), before), before, written)
  return isDeepStrictEqual(config, bare) ? text : render(bare)
}

/** The same configuration that knows the device runtime still, without running anything new with it. */
export function withRuntimeKept(text: string | undefined, runtimePath: string, file: string): string {
  const config = parse(text, file)
  const { runtimes } = config
  return render({
    ...config,
    runtimes: { ...(isObject(runtimes) ? runtimes : {}), [runtimeName]: { path: runtimePath } },
  })
}

/** Whether two texts say the same. */
export function isSameConfig(one: string, other: string, file: string): boolean {
  return isDeepStrictEqual(parse(one, file), parse(other, file))
}

/**
 * What the Engine has to read before a file without Shoal's settings comes back: at a reload it keeps the labels and the default runtime that it
 * has as long as the file says nothing of any. Returns undefined where the file says something itself.
 * @param written what Shoal wrote: only what it set needs taking back
 */
export function interimText(text: string | undefined, written: string, file: string): string | undefined {
  const config = parse(text, file)
  const hadRuntime = parse(written, file)['default-runtime'] === runtimeName
  const missing = {
    ...(config.labels === undefined ? { labels: [] } : {}),
    ...(hadRuntime && config['default-runtime'] === undefined ? { 'default-runtime': stockRuntimeName } : {}),
    ...(hadRuntime && config.runtimes === undefined ? { runtimes: {} } : {}),
  }
  return Object.keys(missing).length === 0 ? undefined : render({ ...config, ...missing })
}

/** Where the program lies that the Engine runs containers with by default, by its own configuration; undefined: its stock runtime. */
export function defaultRuntimePath(text: string | undefined, file: string): string | undefined {
  const { 'default-runtime': name, runtimes } = parse(text, file)
  if (typeof name !== 'string' || name === stockRuntimeName || name === runtimeName) return undefined
  const runtime = isObject(runtimes) ? runtimes[name] : undefined
  return isObject(runtime) && typeof runtime.path === 'string' ? runtime.path : undefined
}

/** What a configuration has the Engine offer Swarm by name. @throws ShoalError ENGINE_CONFIG */
export function offeredIn(text: string | undefined, file: string): readonly string[] {
  return textsIn(parse(text, file), 'node-generic-resources', file)
}

function labelSetting(config: Config, label: string | undefined, file: string): Config {
  if (label === undefined) return {}
  const labels = textsIn(config, 'labels', file)
  return { labels: [...labels.filter((each) => !isClusterLabel(each)), `${clusterEngineLabel}=${label}`] }
}

function deviceSettings(config: Config, devices: EngineSettings['devices'], file: string): Config {
  if (devices === undefined) return {}
  const { runtimes = {} } = config
  if (!isObject(runtimes)) throw refused(file, 'its "runtimes" are no object')
  const resources = textsIn(config, 'node-generic-resources', file)
  return {
    'node-generic-resources': [...new Set([...resources, ...devices.resources])],
    runtimes: { ...runtimes, [runtimeName]: { path: devices.runtimePath } },
    'default-runtime': runtimeName,
  }
}

function withoutLabel(config: Config): Config {
  const { labels, ...rest } = config
  if (!Array.isArray(labels) || !labels.some(isClusterLabel)) return config
  const others = labels.filter((label) => !isClusterLabel(label))
  return others.length === 0 ? rest : { ...config, labels: others }
}

function withoutRuntime(config: Config, before: Config): Config {
  const { runtimes, 'default-runtime': chosen, ...rest } = config
  const others = isObject(runtimes)
    ? Object.fromEntries(Object.entries(runtimes).filter(([name]) => name !== runtimeName))
    : undefined
  const isOurs = isObject(runtimes) && runtimeName in runtimes
  const earlier = before['default-runtime']
  return {
    ...rest,
    ...(isOurs
      ? Object.keys(others ?? {}).length > 0 || before.runtimes !== undefined
        ? { runtimes: others }
        : {}
      : runtimes === undefined
        ? {}
        : { runtimes }),
    ...(chosen === runtimeName
      ? earlier === undefined
        ? {}
        : { 'default-runtime': earlier }
      : chosen === undefined
        ? {}
        : { 'default-runtime': chosen }),
  }
}

function withoutResources(config: Config, before: Config, written: Config): Config {
  const { 'node-generic-resources': resources, ...rest } = config
  if (!Array.isArray(resources)) return config
  const earlier = listIn(before, 'node-generic-resources')
  const ours = listIn(written, 'node-generic-resources').filter((each) => !earlier.includes(each))
  const others = resources.filter((each) => !ours.includes(each))
  if (others.length === resources.length) return config
  return others.length === 0 ? rest : { ...config, 'node-generic-resources': others }
}

function textsIn(config: Config, key: string, file: string): readonly string[] {
  const { [key]: value = [] } = config
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw refused(file, `its "${key}" are no list of texts`)
  return value
}

function listIn(config: Config, key: string): readonly unknown[] {
  const value = config[key]
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isClusterLabel(label: unknown): boolean {
  return String(label).startsWith(`${clusterEngineLabel}=`)
}

function render(config: object): string {
  return `${JSON.stringify(config, undefined, 2)}\n`
}

/** An empty file is an empty configuration; the Engine, too, passes over a byte order mark. */
function parse(text: string | undefined, file: string): Config {
  const bare = (text ?? '').replace(/^\uFEFF/, '')
  if (bare.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(bare)
  } catch (error) {
    throw refused(file, `it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(value)) throw refused(file, 'it is no JSON object')
  return value
}

function refused(file: string, reason: string): ShoalError {
  return new ShoalError('ENGINE_CONFIG', {
    action: 'read',
    object: 'the configuration of the Docker Engine',
    place: file,
    reason: `${reason}; it was left as it is`,
    nextStep: 'mend the file, then try again',
  })
}
