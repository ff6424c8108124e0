// Makes this device's Engine trust the cluster's registry, bear the cluster's label and offer the devices; and takes all back.
import { dirname } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import type { EngineInfo } from '../engine/info.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import { ShoalError } from '../model/errors.ts'
import { fingerprintPrefix } from '../model/join-token.ts'
import { removeRuntime, runtimeFolder, runtimeProgram } from '../runtime/install.ts'
import {
  apply,
  makeFolders,
  missingFolders,
  planChange,
  putBack,
  readIfThere,
  removeFolders,
  writeInPlace,
} from './changed-file.ts'
import {
  clusterEngineLabel,
  type EngineSettings,
  engineConfigFile,
  interimText,
  isSameConfig,
  runtimeName,
  withoutSettings,
  withRuntimeKept,
  withSettings,
} from './engine-config.ts'
import { type EngineProcess, findEngineProcess, reloadEngine } from './engine-process.ts'
import { type ChangedFile, type Membership, writeMembership } from './membership.ts'
import { restartEngine } from './restart-engine.ts'
import { removeUnfinished } from './write-whole.ts'

export interface ConfigureOptions {
  readonly engine: Pick<Engine, 'info' | 'containers'>
  readonly membershipFile: string
  /** What the node has to offer; undefined: nothing. */
  readonly devices: EngineSettings['devices']
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

export interface Configured {
  /** As it was written down. */
  readonly membership: Membership
  readonly wasRestarted: boolean
}

/** Where an Engine looks for the authority of a registry. */
export function registryTrustFile(authority: string): string {
  return `/etc/docker/certs.d/${authority}/ca.crt`
}

/**
 * Writes down what it will change, then changes it; what is as it should be stays untouched. The Engine is restarted only where it does not offer
 * a device yet: everything else it takes without.
 * @throws ShoalError ENGINE_CONFIG, FILE_UNWRITABLE, ENGINE_RESTART
 */
export async function configureEngine(
  membership: Membership,
  options: ConfigureOptions,
): Promise<Configured> {
  const { membershipFile, onProgress } = options
  const { undo, registry, fingerprint } = membership
  const process = await findEngineProcess()
  const trustFile = registryTrustFile(registry.authority)
  const registryTrust = planChange(
    trustFile,
    await readIfThere(trustFile),
    registry.authorityPem,
    undo.registryTrust,
  )
  const settings: EngineSettings = {
    label: process?.hasLabelFlags ? undefined : fingerprintPrefix(fingerprint),
    devices: offerable(options.devices, process, onProgress),
  }
  if (settings.label === undefined)
    onProgress(`the Engine has labels on its command line: it goes without ${clusterEngineLabel}`)
  const isNothing = settings.label === undefined && settings.devices === undefined
  const engineConfig = isNothing ? undefined : await planEngineConfig(process, settings, undo.engineConfig)
  const folders = [
    ...new Set([
      ...undo.folders,
      ...(await missingFolders(dirname(trustFile))),
      ...(engineConfig === undefined ? [] : await missingFolders(dirname(engineConfig.path))),
    ]),
  ]
  const planned: Membership = {
    ...membership,
    undo: { ...undo, registryTrust, folders, ...(engineConfig === undefined ? {} : { engineConfig }) },
  }
  await writeMembership(membershipFile, planned)
  await makeFolders(folders)
  await apply(registryTrust)
  if (engineConfig === undefined) return { membership: planned, wasRestarted: false }
  if (!(await saysAlready(engineConfig))) await apply(engineConfig)
  return { membership: planned, wasRestarted: await showSettings(process, settings, options) }
}

/** What stands on the Engine's command line must not stand in its file: it would not start again. */
function offerable(
  devices: EngineSettings['devices'],
  process: EngineProcess | undefined,
  onProgress: (line: string) => void,
): EngineSettings['devices'] {
  if (devices === undefined || process === undefined || process.deviceFlags.length === 0) return devices
  onProgress(
    `the Engine has ${process.deviceFlags.join(', ')} on its command line: its devices are not offered until that stands in ${process.configFile}`,
  )
  return undefined
}

async function planEngineConfig(
  process: EngineProcess | undefined,
  settings: EngineSettings,
  earlier: ChangedFile | undefined,
): Promise<ChangedFile> {
  const file = process?.configFile ?? engineConfigFile
  const present = await readIfThere(file)
  const known = earlier?.path === file ? earlier : undefined
  const before = baseOf(present, known, file)
  const written = withSettings(before?.toString('utf8'), settings, file)
  // Somebody changed it after an earlier joining, and left what is ours in: nothing to write, and the same to undo.
  if (
    known !== undefined &&
    present !== undefined &&
    isSameConfig(written, present.toString('utf8'), file) &&
    !isOurs(present, known)
  )
    return known
  return {
    path: file,
    before: before?.toString('base64') ?? null,
    written: Buffer.from(written).toString('base64'),
  }
}

/** What the configuration of this device's Engine says by itself. @throws ShoalError ENGINE_CONFIG */
export async function ownEngineConfig(
  membership: Membership | undefined,
): Promise<{ readonly file: string; readonly text: string | undefined }> {
  const file = (await findEngineProcess())?.configFile ?? engineConfigFile
  const earlier = membership?.undo.engineConfig
  const known = earlier?.path === file ? earlier : undefined
  return { file, text: baseOf(await readIfThere(file), known, file)?.toString('utf8') }
}

/** What the file says, or said, without anything of Shoal's. */
function baseOf(
  present: Buffer | undefined,
  known: ChangedFile | undefined,
  file: string,
): Buffer | undefined {
  if (present === undefined) return undefined
  if (known !== undefined && isOurs(present, known))
    return known.before === null ? undefined : Buffer.from(known.before, 'base64')
  const text = present.toString('utf8')
  const bare = withoutSettings(text, known === undefined ? undefined : textsOf(known), file)
  return bare === text ? present : Buffer.from(bare)
}

function isOurs(present: Buffer, known: ChangedFile): boolean {
  return present.toString('base64') === known.written || present.toString('utf8') === interimOf(known)
}

async function saysAlready({ path, written }: ChangedFile): Promise<boolean> {
  const text = (await readIfThere(path))?.toString('utf8')
  if (text === undefined) return false
  try {
    return isSameConfig(text, Buffer.from(written, 'base64').toString('utf8'), path)
  } catch {
    return false
  }
}

/** @returns whether it took a restart */
async function showSettings(
  process: EngineProcess | undefined,
  { label, devices }: EngineSettings,
  { engine, signal, onProgress }: ConfigureOptions,
): Promise<boolean> {
  const info = await engine.info({ signal })
  const missing = devices?.resources.filter((each) => !info.namedResources.includes(each)) ?? []
  if (missing.length > 0) {
    onProgress(`restarts the Engine so that it offers ${missing.join(', ')}`)
    await restartEngine(process, { engine, signal, onProgress })
    return true
  }
  const isRead = ({ labels, defaultRuntime }: EngineInfo): boolean =>
    (label === undefined || labels[clusterEngineLabel] === label) &&
    (devices === undefined || defaultRuntime === runtimeName)
  if (isRead(info)) return false
  if (process === undefined || !(await reloadEngine(process, engine, isRead, signal)))
    onProgress(`the Engine does not show what was set yet: it will after its next start`)
  return false
}

/** The other way round; what somebody changed since then stays. */
export async function restoreEngine(
  { undo }: Membership,
  { engine, signal, onProgress }: Omit<ConfigureOptions, 'membershipFile' | 'devices'>,
): Promise<void> {
  const { engineConfig, registryTrust, folders } = undo
  const dependents = await madeWithRuntime(engine, signal)
  const keptPath = dependents.length === 0 ? undefined : runtimeProgram(runtimeFolder)
  if (engineConfig !== undefined) await restoreConfig(engineConfig, keptPath, { engine, signal, onProgress })
  if (keptPath === undefined) await removeRuntime(runtimeFolder)
  else
    onProgress(
      `${dependents.join(', ')} would not start without the device runtime: it stays, in ${runtimeFolder} and in the Engine's configuration, until they are made anew`,
    )
  if (registryTrust !== undefined) {
    const present = await readIfThere(registryTrust.path)
    if (present?.toString('base64') === registryTrust.written)
      await putBack(registryTrust.path, registryTrust.before)
  }
  for (const change of [engineConfig, registryTrust])
    if (change !== undefined) await removeUnfinished(dirname(change.path))
  await removeFolders(folders)
}

/** Containers that are not Swarm's and bear the name of the device runtime, which was the default when they were made. */
async function madeWithRuntime(
  engine: Pick<Engine, 'info' | 'containers'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { runtimes } = await engine.info({ signal }).catch(() => ({ runtimes: [] as readonly string[] }))
  if (!runtimes.includes(runtimeName)) return []
  const own = (await engine.containers.list([], { signal })).filter(
    ({ labels }) => labels[clusterLabel.taskId] === undefined,
  )
  const details = await Promise.all(own.map(({ id }) => engine.containers.inspect(id, { signal })))
  return details.flatMap((each) => (each?.runtime === runtimeName ? [each.name] : []))
}

async function restoreConfig(
  changed: ChangedFile,
  keptPath: string | undefined,
  { engine, signal, onProgress }: Omit<ConfigureOptions, 'membershipFile' | 'devices'>,
): Promise<void> {
  const { path, before } = changed
  const present = await readIfThere(path)
  let wanted = before
  if (present === undefined || !isOurs(present, changed)) {
    // Not as we left it: only what is Shoal's goes.
    if (present === undefined) return
    const text = present.toString('utf8')
    try {
      const bare = withoutSettings(text, textsOf(changed), path)
      if (bare === text) return
      wanted = Buffer.from(bare).toString('base64')
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error
      onProgress(
        `${path} was changed since and cannot be read (${error.reason}): take ${clusterEngineLabel} and the runtime ${runtimeName} out of it`,
      )
      return
    }
  }
  let wantedText = wanted === null ? undefined : Buffer.from(wanted, 'base64').toString('utf8')
  if (keptPath !== undefined) {
    wantedText = withRuntimeKept(wantedText, keptPath, path)
    wanted = Buffer.from(wantedText).toString('base64')
  }
  const process = await findEngineProcess()
  const interim = interimText(wantedText, textsOf(changed).written, path)
  if (process !== undefined) {
    await writeInPlace(path, interim ?? wantedText ?? '')
    const isRead = ({ labels, defaultRuntime }: EngineInfo): boolean =>
      labels[clusterEngineLabel] === undefined && defaultRuntime !== runtimeName
    if (!(await reloadEngine(process, engine, isRead, signal)))
      onProgress(`the Engine shows the label ${clusterEngineLabel} until its next start`)
  }
  await putBack(path, wanted)
}

/** What stands in the file for a moment while the change is undone. */
function interimOf(changed: ChangedFile): string | undefined {
  const { before, written } = textsOf(changed)
  try {
    return interimText(before, written, changed.path)
  } catch {
    return undefined
  }
}

function textsOf({ before, written }: ChangedFile): {
  readonly before: string | undefined
  readonly written: string
} {
  const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8')
  return { before: before === null ? undefined : decode(before), written: decode(written) }
}
