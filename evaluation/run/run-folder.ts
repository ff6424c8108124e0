// The folder of a run, for the process that measures: every record is on disk before anything is computed from it.
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ShoalError } from '../../src/model/errors.ts'
import { continueLine } from '../campaign/continue-line.ts'
import { resolveCampaign } from '../campaign/resolved-campaign.ts'
import type { HostFacts, StageNeed } from '../hosts/stage.ts'
import type { Cell } from '../scenarios/scenario.ts'
import { lockFolder } from './folder-lock.ts'
import { LineFile } from './line-file.ts'
import { readFacts, readHosts, readOutcomes } from './read-files.ts'
import type { Campaign, CellOutcome, RunFacts } from './run.ts'
import { campaignFile, cellsFile, factsFile, hostsFile, rawFile } from './run-files.ts'
import { refuseMixed } from './same-version.ts'

export class RunFolder {
  readonly path: string
  readonly #kind: RunFacts['kind']
  readonly #unlock: () => void
  readonly #cells: LineFile
  readonly #hosts: LineFile
  readonly #outcomes: Map<string, CellOutcome>
  #stages: number
  #failure: ShoalError | undefined

  /**
   * Whole or not at all. `path` is not there yet, or is an empty folder.
   * @throws ShoalError FILE_UNWRITABLE, also where something is there already
   */
  static create(path: string, facts: RunFacts, campaign: Campaign): RunFolder {
    let made: string | undefined
    let unlock: (() => void) | undefined
    try {
      refuseOccupied(path)
      mkdirSync(dirname(path), { recursive: true })
      made = join(dirname(path), `.${basename(path)}-${randomUUID()}`)
      mkdirSync(made)
      writeFileSync(join(made, factsFile), `${JSON.stringify(facts, undefined, 2)}\n`, { flush: true })
      writeFileSync(join(made, campaignFile), resolveCampaign(campaign), { flush: true })
      for (const name of [cellsFile, hostsFile]) writeFileSync(join(made, name), '', { flush: true })
      // Locked before it has its name: nobody is between.
      unlock = lockFolder(made)
      renameSync(made, path)
      return new RunFolder(path, facts.kind, unlock)
    } catch (error) {
      unlock?.()
      if (made !== undefined) rmSync(made, { recursive: true, force: true })
      throw error instanceof ShoalError ? error : unwritable('make', path, error)
    }
  }

  /**
   * Goes on in the folder of a run that was stopped.
   * @throws ShoalError FILE_UNREADABLE where there is no run, RUN_BUSY, RUN_DAMAGED, FILE_UNWRITABLE; RESULTS_MIXED where it was taken by
   * another version than `facts` says
   */
  static resume(path: string, facts: RunFacts): RunFolder {
    refuseMixed('go on with', [
      { place: path, facts: readFacts(path) },
      { place: 'this Shoal', facts },
    ])
    const unlock = lockFolder(path)
    try {
      return new RunFolder(path, facts.kind, unlock)
    } catch (error) {
      unlock()
      throw error instanceof ShoalError ? error : unwritable('open', path, error)
    }
  }

  private constructor(path: string, kind: RunFacts['kind'], unlock: () => void) {
    this.path = path
    this.#kind = kind
    this.#unlock = unlock
    this.#cells = LineFile.append(join(path, cellsFile))
    this.#hosts = LineFile.append(join(path, hostsFile))
    this.#outcomes = readOutcomes(path)
    this.#stages = readHosts(path).length
  }

  /** What the file system refused: from then on nothing more is written. */
  get failure(): ShoalError | undefined {
    return this.#failure
  }

  outcome(cell: Cell): CellOutcome | undefined {
    return this.#outcomes.get(cell.id)
  }

  /** @returns the number of the stage */
  addStage(need: StageNeed, hosts: readonly HostFacts[]): number {
    const stage = this.#stages
    this.#write(() => {
      this.#hosts.add({ stage, need, hosts })
      this.#hosts.sync()
    })
    this.#stages += 1
    return stage
  }

  /** What an attempt before has left of this cell is gone. */
  beginCell(cell: Cell): CellFile {
    const path = rawFile(this.path, cell)
    return this.#write(() => {
      mkdirSync(dirname(path), { recursive: true })
      const file = LineFile.begin(path)
      return {
        add: (record) => this.#write(() => file.add(record)),
        sync: () => this.#write(() => file.sync()),
        close: () => file.close(),
      }
    })
  }

  addOutcome(outcome: CellOutcome): void {
    this.#write(() => {
      this.#cells.add(outcome)
      this.#cells.sync()
    })
    this.#outcomes.set(outcome.id, outcome)
  }

  close(): void {
    this.#cells.close()
    this.#hosts.close()
    this.#unlock()
  }

  #write<Result>(act: () => Result): Result {
    if (this.#failure !== undefined) throw this.#failure
    try {
      return act()
    } catch (error) {
      // A record that is no JSON is its scenario's fault; the file system is well.
      if (!(error instanceof Error && 'syscall' in error)) throw error
      const done = [...this.#outcomes.values()].filter(({ state }) => state === 'done').length
      const goesOn = continueLine(this.path, this.#kind === 'real' ? 'FILE' : undefined)
      this.#failure = unwritable('write', pathOf(error) ?? this.path, error, {
        kept: `${done} cells are done and kept`,
        nextStep: `make room, then ${goesOn} goes on where it was`,
      })
      throw this.#failure
    }
  }
}

/** The raw file of the cell that runs. What these throw is `failure`, except a record that is no JSON. */
export interface CellFile {
  add(record: unknown): void
  sync(): void
  close(): void
}

function refuseOccupied(folder: string): void {
  const names = namesIn(folder)
  if (names.length === 0) return
  const isRun = names.includes(factsFile)
  throw new ShoalError('FILE_UNWRITABLE', {
    action: 'make',
    object: folder,
    reason: isRun ? 'there is a run already' : 'it is not empty, and no run',
    nextStep: isRun
      ? `${continueLine(folder, undefined)} goes on with it; or name another folder`
      : 'name another folder',
  })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function pathOf(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined
}

function unwritable(
  action: string,
  object: string,
  error: unknown,
  { kept, nextStep = 'make room, or name another folder' }: { kept?: string; nextStep?: string } = {},
): ShoalError {
  const reason = error instanceof Error ? error.message : String(error)
  const isFull =
    error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  return new ShoalError('FILE_UNWRITABLE', {
    action,
    object,
    reason: kept === undefined ? reason : `${reason}; ${kept}`,
    ...(isFull ? { nextStep } : {}),
    cause: error,
  })
}
