// What a lab writes down before it starts anything: enough for every later command, and for `down` after any accident.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { ShoalError } from '../src/model/errors.ts'
import { startTicks } from './host-process.ts'
import type { LabPaths } from './lab-paths.ts'
import { isNoSuch } from './no-such.ts'
import type { Topology } from './topology.ts'

export interface LabState {
  /** Of this form. A lab of another form can only be taken down. */
  readonly version: 1
  readonly phase: 'starting' | 'up'
  /** The process that brings it up, so that a half-made lab can be told from one in the making. */
  readonly starter: { readonly pid: number; readonly startTicks: number | undefined }
  readonly topology: Topology
}

/** Takes the name: makes the lab's folder and writes its first state. Throws `LAB_EXISTS`, `FILE_UNWRITABLE`. */
export function claimLab(paths: LabPaths, topology: Topology): LabState {
  try {
    mkdirSync(paths.dataFolder, { recursive: true })
    mkdirSync(paths.folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw existsError(paths)
    throw unwritable(paths.folder, cause)
  }
  const starter = { pid: process.pid, startTicks: startTicks(process.pid) }
  const state: LabState = { version: 1, phase: 'starting', starter, topology }
  writeState(paths, state)
  return state
}

/** Replaces the state in one step: a reader sees the old or the new one. Throws `FILE_UNWRITABLE`. */
export function writeState(paths: LabPaths, state: LabState): void {
  const draft = `${paths.stateFile}.draft`
  try {
    writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`)
    renameSync(draft, paths.stateFile)
  } catch (cause) {
    throw unwritable(paths.stateFile, cause)
  }
}

/** Undefined when there is no lab, or one that was stopped before it wrote its state. */
export function readState(paths: LabPaths): LabState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(paths.stateFile, 'utf8'))
    return isState(state) ? state : undefined
  } catch (error) {
    if (isNoSuch(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whether another process is bringing the lab up just now. */
export function isBeingMade({ phase, starter }: LabState): boolean {
  const alive = startTicks(starter.pid)
  return (
    phase === 'starting' && starter.pid !== process.pid && alive !== undefined && alive === starter.startTicks
  )
}

/** The labs of a data folder, half-made ones included. */
export function labNames(dataFolder: string): readonly string[] {
  try {
    const entries = readdirSync(dataFolder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (isNoSuch(error)) return []
    throw error
  }
}

function isState(value: unknown): value is LabState {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}

function existsError(paths: LabPaths): ShoalError {
  const state = readState(paths)
  const how =
    state?.phase === 'up'
      ? 'a lab of that name is up'
      : state !== undefined && isBeingMade(state)
        ? `process ${state.starter.pid} is bringing a lab of that name up`
        : 'an earlier up of that name ended half-way'
  return new ShoalError('LAB_EXISTS', {
    action: 'bring up',
    object: `lab "${paths.name}"`,
    place: paths.folder,
    reason: how,
    nextStep: `shoal lab down --name ${paths.name}, or another name: shoal lab up --name OTHER`,
  })
}

function unwritable(object: string, cause: unknown): ShoalError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object,
    reason,
    nextStep: 'shoal lab needs root',
    cause,
  })
}
