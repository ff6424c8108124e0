// Makes this device's Engine trust the cluster's registry and bear the cluster's label; and takes both back.
import { dirname } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import { fingerprintPrefix } from '../model/join-token.ts'
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
  engineConfigFile,
  interimText,
  withClusterLabel,
  withoutClusterLabel,
} from './engine-config.ts'
import { type EngineProcess, findEngineProcess, reloadEngine } from './engine-process.ts'
import { type ChangedFile, type Membership, writeMembership } from './membership.ts'
import { removeUnfinished } from './write-whole.ts'

export interface ConfigureOptions {
  readonly engine: Pick<Engine, 'info'>
  readonly membershipFile: string
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

/** Where an Engine looks for the authority of a registry. */
export function registryTrustFile(authority: string): string {
  return `/etc/docker/certs.d/${authority}/ca.crt`
}

/**
 * Writes down what it will change, then changes it; what is as it should be stays untouched.
 * @returns the membership as it was written down
 * @throws ShoalError ENGINE_CONFIG, FILE_UNWRITABLE
 */
export async function configureEngine(
  membership: Membership,
  { engine, membershipFile, signal, onProgress }: ConfigureOptions,
): Promise<Membership> {
  const { undo, registry, fingerprint } = membership
  const process = await findEngineProcess()
  const label = fingerprintPrefix(fingerprint)
  const trustFile = registryTrustFile(registry.authority)
  const registryTrust = planChange(
    trustFile,
    await readIfThere(trustFile),
    registry.authorityPem,
    undo.registryTrust,
  )
  const engineConfig = process?.hasLabelFlags
    ? undefined
    : await planEngineConfig(process, label, undo.engineConfig)
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
  if (engineConfig === undefined) {
    onProgress(`the Engine has labels on its command line: it goes without ${clusterEngineLabel}`)
    return planned
  }
  if (!(await hasLabel(engineConfig.path, label))) await apply(engineConfig)
  await showLabel(process, engine, label, { signal, onProgress })
  return planned
}

async function planEngineConfig(
  process: EngineProcess | undefined,
  label: string,
  earlier: ChangedFile | undefined,
): Promise<ChangedFile> {
  const file = process?.configFile ?? engineConfigFile
  const present = await readIfThere(file)
  const text = present?.toString('utf8')
  const written = withClusterLabel(text, label, file)
  // Somebody changed it after an earlier joining, and left the label in: nothing to write, and the same to undo.
  if (earlier?.path === file && written === text) return earlier
  return planChange(file, present, written, earlier, interimOf(earlier))
}

async function hasLabel(path: string, label: string): Promise<boolean> {
  const text = (await readIfThere(path))?.toString('utf8')
  return text !== undefined && withClusterLabel(text, label, path) === text
}

async function showLabel(
  process: EngineProcess | undefined,
  engine: Pick<Engine, 'info'>,
  label: string,
  { signal, onProgress }: Pick<ConfigureOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const isRead = (labels: Readonly<Record<string, string>>) => labels[clusterEngineLabel] === label
  if (isRead((await engine.info({ signal })).labels)) return
  if (process !== undefined && (await reloadEngine(process, engine, isRead, signal))) return
  onProgress(`the Engine does not show the label ${clusterEngineLabel} yet: it will after its next start`)
}

/** The other way round; what somebody changed since then stays. */
export async function restoreEngine(
  { undo }: Membership,
  { engine, signal, onProgress }: Omit<ConfigureOptions, 'membershipFile'>,
): Promise<void> {
  const { engineConfig, registryTrust, folders } = undo
  if (engineConfig !== undefined) await restoreConfig(engineConfig, { engine, signal, onProgress })
  if (registryTrust !== undefined) {
    const present = await readIfThere(registryTrust.path)
    if (present?.toString('base64') === registryTrust.written)
      await putBack(registryTrust.path, registryTrust.before)
  }
  for (const change of [engineConfig, registryTrust])
    if (change !== undefined) await removeUnfinished(dirname(change.path))
  await removeFolders(folders)
}

async function restoreConfig(
  changed: ChangedFile,
  { engine, signal, onProgress }: Omit<ConfigureOptions, 'membershipFile'>,
): Promise<void> {
  const { path, before, written } = changed
  const present = await readIfThere(path)
  const text = present?.toString('utf8')
  const isOurs =
    present?.toString('base64') === written || (text !== undefined && text === interimOf(changed))
  let wanted = before
  if (!isOurs) {
    // Not as we left it: only the label goes.
    if (text === undefined) return
    try {
      const bare = withoutClusterLabel(text, path)
      if (bare === text) return
      wanted = Buffer.from(bare).toString('base64')
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error
      onProgress(
        `${path} was changed since and cannot be read (${error.reason}): take the label ${clusterEngineLabel} out of it`,
      )
      return
    }
  }
  const wantedText = wanted === null ? undefined : Buffer.from(wanted, 'base64').toString('utf8')
  const process = await findEngineProcess()
  const interim = interimText(wantedText, path)
  if (process !== undefined) {
    await writeInPlace(path, interim ?? wantedText ?? '')
    const isRead = (labels: Readonly<Record<string, string>>) => labels[clusterEngineLabel] === undefined
    if (!(await reloadEngine(process, engine, isRead, signal)))
      onProgress(`the Engine shows the label ${clusterEngineLabel} until its next start`)
  }
  await putBack(path, wanted)
}

/** What stands in the file for a moment while the change is undone. */
function interimOf(changed: ChangedFile | undefined): string | undefined {
  if (changed === undefined) return undefined
  const text = changed.before === null ? undefined : Buffer.from(changed.before, 'base64').toString('utf8')
  try {
    return interimText(text, changed.path)
  } catch {
    return undefined
  }
}
