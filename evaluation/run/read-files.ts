// The files of a run's folder beside the raw ones, parsed once. What was written there by hand, or by a later Shoal, is refused with its place.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { ShoalError } from '../../src/model/errors.ts'
import { hostRoles } from '../hosts/evaluation-host.ts'
import { type HostFacts, links } from '../hosts/stage.ts'
import { lineDamaged, readLines, readText } from './line-file.ts'
import type { CellOutcome, RunFacts } from './run.ts'
import { cellsFile, factsFile, hostsFile } from './run-files.ts'

const text = z.string()
const number = z.number()

const factsShape = z.object({
  format: z.literal(1),
  shoal: text,
  kind: z.enum(['lab', 'real']),
  setting: z.object({
    commit: text,
    startedAt: text,
    node: text,
    kernel: text,
    cpu: text,
    cores: number,
    loadBefore: z.nullable(number),
    clock: text,
  }),
})

const outcomeShape = z.object({
  id: text,
  state: z.enum(['done', 'failed']),
  reason: z.optional(text),
  startedAt: text,
  tookMs: number,
  clockStepMs: z.optional(number),
  stage: number,
})

const hostShape = z.object({
  name: text,
  role: z.enum(hostRoles),
  link: z.enum(links),
  kind: z.enum(['lab', 'real']),
  shoal: text,
  kernel: text,
  engine: text,
  nodeVersion: text,
  cpus: number,
  power: z.optional(z.object({ name: text, origin: z.enum(['measured', 'modelled']), detail: text })),
  clock: text,
})

const stageShape = z.object({ stage: number, hosts: z.array(hostShape) })

/** @throws ShoalError FILE_UNREADABLE where there is no run; RUN_DAMAGED, also where its format is another than this version's */
export function readFacts(folder: string): RunFacts {
  const path = join(folder, factsFile)
  if (!existsSync(path)) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: `the run ${folder}`,
      reason: `there is no ${factsFile} in it: it is not the folder of a run`,
    })
  }
  const facts = factsShape.safeParse(parseJson(path))
  if (facts.success) return facts.data as RunFacts
  throw new ShoalError('RUN_DAMAGED', { action: 'read', object: path, reason: issuesOf(facts.error) })
}

/** The last of each cell. Throws ShoalError RUN_DAMAGED, FILE_UNREADABLE. */
export function readOutcomes(folder: string): Map<string, CellOutcome> {
  const outcomes = readShapes(join(folder, cellsFile), outcomeShape) as readonly CellOutcome[]
  return new Map(outcomes.map((outcome) => [outcome.id, outcome]))
}

/** By number of the stage. Throws ShoalError RUN_DAMAGED, FILE_UNREADABLE. */
export function readHosts(folder: string): readonly (readonly HostFacts[])[] {
  const path = join(folder, hostsFile)
  return readShapes(path, stageShape).map(({ stage, hosts }, index) => {
    if (stage !== index) throw lineDamaged(path, index + 1, `expected stage ${index}, got ${stage}`)
    return hosts as readonly HostFacts[]
  })
}

function readShapes<Shape extends z.ZodMiniType>(path: string, shape: Shape): readonly z.infer<Shape>[] {
  return readLines(path).map((line, index) => {
    const parsed = z.safeParse(shape, line)
    if (parsed.success) return parsed.data
    throw lineDamaged(path, index + 1, issuesOf(parsed.error))
  })
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readText(path))
  } catch (error) {
    if (error instanceof ShoalError) throw error
    return undefined
  }
}

function issuesOf({ issues }: z.core.$ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || '(all of it)'}: ${message}`).join('; ')
}
