// The Engine's configuration, /etc/docker/daemon.json: merged, never replaced; and the Engine told to read it again.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import { writeWhole } from './write-whole.ts'

export const engineConfigFile = '/etc/docker/daemon.json'
const usualPidFile = '/var/run/docker.pid'

/** By which `docker info` and placement constraints know the cluster of an engine: `engine.labels.shoal.cluster`. */
export const clusterEngineLabel = 'shoal.cluster'

/** @returns the text of the file; undefined where there is none */
export async function readEngineConfig(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw refused(file, error instanceof Error ? error.message : String(error))
  }
}

/**
 * The same configuration with the engine label; every other key stays.
 * @throws ShoalError ENGINE_CONFIG for a text that is no JSON object, or whose labels are no list
 */
export function withClusterLabel(text: string | undefined, value: string, file: string): string {
  const config = text === undefined || text.trim() === '' ? {} : parse(text, file)
  const labels = config.labels ?? []
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
    throw refused(file, 'its labels are no list of texts')
  const others = (labels as readonly string[]).filter((label) => !label.startsWith(`${clusterEngineLabel}=`))
  return `${JSON.stringify({ ...config, labels: [...others, `${clusterEngineLabel}=${value}`] }, undefined, 2)}\n`
}

/** Without the label, where somebody changed the file after it was put in: what he wrote stays. */
export function withoutClusterLabel(text: string, file: string): string {
  const { labels, ...config } = parse(text, file)
  const others = Array.isArray(labels)
    ? labels.filter((label) => !String(label).startsWith(`${clusterEngineLabel}=`))
    : labels
  const isEmpty = Array.isArray(others) && others.length === 0
  return `${JSON.stringify(isEmpty ? config : { ...config, labels: others }, undefined, 2)}\n`
}

/** @param text undefined: the file is taken away */
export async function writeEngineConfig(file: string, text: string | undefined): Promise<void> {
  if (text === undefined) return await rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  await writeWhole(file, text, 0o644)
}

/** Labels are read again at SIGHUP, without a restart. @returns whether the Engine was found */
export async function reloadEngine(configText: string | undefined): Promise<boolean> {
  const config = configText === undefined ? {} : parse(configText, engineConfigFile)
  const pidFile = typeof config.pidfile === 'string' ? config.pidfile : usualPidFile
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 'SIGHUP')
    return true
  } catch {
    return false
  }
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
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
