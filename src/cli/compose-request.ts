// A Compose file and what of the user's environment it uses, made ready for a manager.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { ComposeFile } from '../model/api/deployment.ts'
import type { Application } from '../model/application.ts'
import { findNeededFiles, parseCompose } from '../model/compose/parse-compose.ts'
import { ShoalError } from '../model/errors.ts'
import type { Io } from './io.ts'
import { readCompose } from './load-application.ts'

export interface ComposeRequest {
  readonly application: Application
  readonly file: ComposeFile
  /** What its secrets and configs take from files, by the path in the Compose file; Base64. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * Read here first: problems are told with their places before anything is sent. Of the environment only what the file uses goes to the manager.
 * @param word a Compose file, or a service of Shoal's own
 * @throws ShoalError COMPOSE_INVALID, FILE_UNREADABLE, SERVICE_UNKNOWN
 */
export async function composeRequest(word: string, env: Io['env']): Promise<ComposeRequest> {
  const { path, text } = await readCompose(word)
  const used = new Set<string>()
  const note = (name: string | symbol): void => {
    if (typeof name === 'string') used.add(name)
  }
  const watched = new Proxy(env, {
    get: (target, name, receiver) => {
      note(name)
      return Reflect.get(target, name, receiver)
    },
    has: (target, name) => {
      note(name)
      return Reflect.has(target, name)
    },
    getOwnPropertyDescriptor: (target, name) => {
      note(name)
      return Reflect.getOwnPropertyDescriptor(target, name)
    },
  })
  const context = { fileName: path, environment: watched }
  const files = new Map<string, Buffer>()
  for (const needed of findNeededFiles(text, context))
    files.set(needed.path, await readNeeded(needed.path, path))
  const application = parseCompose(text, { ...context, mode: 'cluster', files })
  const environment = Object.fromEntries(
    [...used].sort().flatMap((name): [string, string][] => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return {
    application,
    file: { compose: text, fileName: path, environment },
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.toString('base64')])),
  }
}

/** A relative path begins at the folder of the Compose file. */
async function readNeeded(name: string, composePath: string): Promise<Buffer> {
  try {
    return await readFile(resolve(dirname(composePath), name))
  } catch (error) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: name,
      place: composePath,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'the Compose file takes a secret or a config from it',
      cause: error,
    })
  }
}
