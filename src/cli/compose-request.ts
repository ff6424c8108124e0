// A Compose file and what of the user's environment it uses, made ready for a manager.
import type { ComposeFile } from '../model/api/deployment.ts'
import type { Application } from '../model/application.ts'
import { parseCompose } from '../model/compose/parse-compose.ts'
import type { Io } from './io.ts'
import { readCompose } from './load-application.ts'

export interface ComposeRequest {
  readonly application: Application
  readonly file: ComposeFile
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
  const application = parseCompose(text, { mode: 'cluster', fileName: path, environment: watched })
  const environment = Object.fromEntries(
    [...used].sort().flatMap((name): [string, string][] => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return { application, file: { compose: text, fileName: path, environment } }
}
