// The application that a word of the command line names: a service of Shoal's own, or a Compose file.
import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Application } from '../model/application.ts'
import { parseCompose } from '../model/compose/parse-compose.ts'
import { ShoalError } from '../model/errors.ts'
import { nearestKey } from '../model/problems.ts'
import type { Io } from './io.ts'
import { usage } from './pair-setting.ts'
import type { Replicas } from './replicas.ts'

/** Each folder in it that has a compose.yaml is a service. */
const servicesFolder = fileURLToPath(new URL('../../services', import.meta.url))

/** Throws ShoalError: no such service or file, or what is wrong in it. */
export async function loadApplication(
  word: string,
  environment: Io['env'],
  replicas: readonly Replicas[],
): Promise<Application> {
  const { path, text } = await readCompose(word)
  return withReplicas(parseCompose(text, { fileName: path, environment }), replicas)
}

/** Throws ShoalError FILE_UNREADABLE, SERVICE_UNKNOWN. */
export async function readCompose(word: string): Promise<{ readonly path: string; readonly text: string }> {
  const isName = /^[a-z0-9][a-z0-9-]*$/.test(word)
  const path = isName ? resolve(servicesFolder, word, 'compose.yaml') : resolve(word)
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (isName) throw await unknownService(word)
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: word,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'name a Compose file, or one of Shoal’s own services',
      cause: error,
    })
  }
}

async function unknownService(word: string): Promise<ShoalError> {
  const names = (await readdir(servicesFolder, { withFileTypes: true }).catch(() => []))
    .filter((each) => each.isDirectory())
    .map(({ name }) => name)
  const nearest = nearestKey(word, names)
  return new ShoalError('SERVICE_UNKNOWN', {
    action: 'run',
    object: word,
    reason: `there is no service of that name; there are: ${names.join(', ')}`,
    nextStep:
      nearest === undefined
        ? 'a Compose file is named by its path: ./compose.yaml'
        : `did you mean ${nearest}?`,
  })
}

function withReplicas(application: Application, replicas: readonly Replicas[]): Application {
  const { services } = application
  const counts = new Map<string, number>()
  for (const { service, count } of replicas) {
    const name = service ?? (services.length === 1 ? services[0]?.name : undefined)
    if (name === undefined) throw usage(`--replicas: there are several services, say which: SERVICE=${count}`)
    const known = services.find((each) => each.name === name)
    if (known === undefined) {
      throw usage(
        `--replicas: there is no service ${name}; there are: ${services.map((each) => each.name).join(', ')}`,
      )
    }
    if (known.containerName !== undefined && count > 1) {
      throw usage(`--replicas: ${name} has a container_name, which only one instance can have`)
    }
    counts.set(name, count)
  }
  return {
    ...application,
    services: services.map((service) => ({
      ...service,
      replicas: counts.get(service.name) ?? service.replicas,
    })),
  }
}
