// What a device remembers of the cluster that it joined: enough to be its agent, and to undo exactly what joining changed.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { ShoalError } from '../model/errors.ts'
import { writeWhole } from './write-whole.ts'

const schema = z.strictObject({
  version: z.literal(1),
  clusterId: z.string(),
  /** `coap://10.77.0.1:5683` */
  coap: z.string(),
  joinPort: z.number(),
  /** Of the cluster's authority, base64url. */
  fingerprint: z.string(),
  nodeName: z.string(),
  nodeSecret: z.string(),
  /** Empty until Swarm has let it in. */
  nodeId: z.string(),
  address: z.string(),
  registry: z.strictObject({
    authority: z.string(),
    username: z.string(),
    password: z.string(),
    authorityPem: z.string(),
  }),
  /** What this device had before, each written down before it was changed. */
  undo: z.strictObject({
    /** Whether the file for the registry's authority was made. */
    registryTrust: z.boolean(),
    /** `null`: there was no file; left out: not changed. */
    engineConfig: z.string().nullable().optional(),
    /** What was written in its place: only that is taken back. */
    engineConfigWritten: z.string().optional(),
    joinedSwarm: z.boolean(),
  }),
})

export type Membership = z.infer<typeof schema>

/** @returns undefined where this device has joined nothing. Throws ShoalError FILE_UNREADABLE for a damaged file. */
export async function readMembership(file: string): Promise<Membership | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** Whole or not at all: it holds secrets, and what is to be undone. */
export async function writeMembership(file: string, membership: Membership): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeWhole(file, `${JSON.stringify(membership, undefined, 2)}\n`, 0o600)
}

export async function removeMembership(file: string): Promise<void> {
  await rm(file, { force: true })
}

function unreadable(file: string, cause: unknown): ShoalError {
  return new ShoalError('FILE_UNREADABLE', {
    action: 'read',
    object: 'what this device knows of its cluster',
    place: file,
    reason: cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause),
    nextStep: 'shoal worker leave --force takes the device out and the file away',
    cause,
  })
}
