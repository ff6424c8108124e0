// What a device remembers of the cluster that it joined: enough to be its agent, and to undo exactly what joining changed.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
// The small form of zod: the agent reads this file, and the whole of it would cost a board 10 MiB.
import * as z from 'zod/mini'
import { ShoalError } from '../model/errors.ts'
import { writeWhole } from './write-whole.ts'

const changedFile = z.strictObject({
  path: z.string(),
  /** Base64; `null`: there was no file. */
  before: z.nullable(z.string()),
  /** Base64. */
  written: z.string(),
})

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
  /** What joining changed on this device, each written down before it was changed. */
  undo: z.strictObject({
    registryTrust: z.optional(changedFile),
    engineConfig: z.optional(changedFile),
    /** That were made, outermost first. */
    folders: z.array(z.string()),
    /** `10.77.0.1:2377`: whose Swarm it was to join; left out as long as it was not. */
    swarm: z.optional(z.array(z.string())),
  }),
})

export type Membership = z.infer<typeof schema>
export type ChangedFile = z.infer<typeof changedFile>

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

/** Whole or not at all: it holds secrets, and what is to be undone. Throws ShoalError FILE_UNWRITABLE. */
export async function writeMembership(file: string, membership: Membership): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeWhole(file, `${JSON.stringify(membership, undefined, 2)}\n`, 0o600)
  } catch (error) {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'write down',
      object: 'what this device changes',
      place: file,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root, and see that there is room',
      cause: error,
    })
  }
}

export async function removeMembership(file: string): Promise<void> {
  await rm(file, { force: true })
}

function unreadable(file: string, cause: unknown): ShoalError {
  const isDenied =
    cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM')
  return new ShoalError('FILE_UNREADABLE', {
    action: 'read',
    object: 'what this device knows of its cluster',
    place: file,
    reason: cause instanceof z.core.$ZodError ? z.prettifyError(cause) : messageOf(cause),
    nextStep: isDenied
      ? 'run it as root'
      : 'shoal worker leave --force takes the device out and the file away; what joining changed is then for you to take back',
    cause,
  })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
