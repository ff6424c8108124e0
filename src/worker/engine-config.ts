// The Engine's configuration, daemon.json, as text: the label of the cluster put in and taken out, everything else kept.
import { ShoalError } from '../model/errors.ts'

export const engineConfigFile = '/etc/docker/daemon.json'

/** By which `docker info` and placement constraints know the cluster of an engine: `engine.labels.shoal.cluster`. */
export const clusterEngineLabel = 'shoal.cluster'

/**
 * The same configuration with the engine label; a text that has it already is returned as it is.
 * @param text undefined: there is no file
 * @throws ShoalError ENGINE_CONFIG for a text that is no JSON object, or whose labels are no list
 */
export function withClusterLabel(text: string | undefined, value: string, file: string): string {
  const config = parse(text, file)
  const { labels = [] } = config
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
    throw refused(file, 'its "labels" are no list of texts')
  const label = `${clusterEngineLabel}=${value}`
  if (text !== undefined && labels.includes(label)) return text
  return render({ ...config, labels: [...labels.filter((each) => !isClusterLabel(each)), label] })
}

/**
 * Without the label, where somebody changed the file after it was put in: what he wrote stays.
 * @throws ShoalError ENGINE_CONFIG
 */
export function withoutClusterLabel(text: string, file: string): string {
  const config = parse(text, file)
  const { labels, ...rest } = config
  if (!Array.isArray(labels) || !labels.some(isClusterLabel)) return text
  const others = labels.filter((label) => !isClusterLabel(label))
  return render(others.length === 0 ? rest : { ...config, labels: others })
}

/**
 * What the Engine has to read before a file without labels comes back: at a reload it keeps the labels that it has as long as the file says
 * nothing of any. Returns undefined where the file says something itself.
 */
export function interimText(text: string | undefined, file: string): string | undefined {
  const config = parse(text, file)
  return config.labels === undefined ? render({ ...config, labels: [] }) : undefined
}

function isClusterLabel(label: unknown): boolean {
  return String(label).startsWith(`${clusterEngineLabel}=`)
}

function render(config: object): string {
  return `${JSON.stringify(config, undefined, 2)}\n`
}

/** An empty file is an empty configuration; the Engine, too, passes over a byte order mark. */
function parse(text: string | undefined, file: string): Readonly<Record<string, unknown>> {
  const bare = (text ?? '').replace(/^\uFEFF/, '')
  if (bare.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(bare)
  } catch (error) {
    throw refused(file, `it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(file, 'it is no JSON object')
  return value as Readonly<Record<string, unknown>>
}

function refused(file: string, reason: string): ShoalError {
  return new ShoalError('ENGINE_CONFIG', {
    action: 'read',
    object: 'the configuration of the Docker Engine',
    place: file,
    reason: `${reason}; it was left as it is`,
    nextStep: 'mend the file, then join again',
  })
}
