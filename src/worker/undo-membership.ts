// Takes back exactly what joining changed on this device, in the reverse order; what is gone already is done.
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { pause } from '../model/pause.ts'
import { readEngineConfig, reloadEngine, withoutClusterLabel, writeEngineConfig } from './engine-config.ts'
import { type Membership, removeMembership } from './membership.ts'

export interface UndoOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm'>
  readonly membershipFile: string
  readonly engineConfigFile: string
  readonly signal: AbortSignal
}

/** The Engine reads its file within a few milliseconds of the signal. */
const reloadMs = 300

export async function undoMembership(
  membership: Membership,
  { engine, membershipFile, engineConfigFile, signal }: UndoOptions,
): Promise<void> {
  const { undo, registry } = membership
  if (undo.joinedSwarm) {
    const { swarm } = await engine.info({ signal })
    if (swarm.state !== 'inactive') await engine.swarm.leave({ force: true, signal })
  }
  if (undo.engineConfig !== undefined) {
    const present = await readEngineConfig(engineConfigFile)
    // What somebody wrote there since then stays; only the label goes.
    const restored =
      present === undefined || present === undo.engineConfigWritten
        ? (undo.engineConfig ?? undefined)
        : withoutClusterLabel(present, engineConfigFile)
    if (present !== undefined) {
      // An Engine that reads no labels keeps those that it has: none must be said, and be read, before the file goes.
      const told =
        restored === undefined || !restored.includes('"labels"') ? withNoLabels(restored) : restored
      await writeEngineConfig(engineConfigFile, told)
      if (await reloadEngine(told)) await pause(reloadMs, signal)
      await writeEngineConfig(engineConfigFile, restored)
    }
  }
  if (undo.registryTrust) {
    await rm(dirname(`/etc/docker/certs.d/${registry.authority}/ca.crt`), { recursive: true, force: true })
  }
  await removeMembership(membershipFile)
}

function withNoLabels(text: string | undefined): string {
  const config = text === undefined || text.trim() === '' ? {} : (JSON.parse(text) as object)
  return `${JSON.stringify({ ...config, labels: [] })}\n`
}
