// Builders for the tests of Compose files: a file with one service of which only the keys at hand are written.
import type { Application, Service } from '../../../../src/model/application.ts'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

export type Environment = Readonly<Record<string, string>>

export function readApplication(text: string, environment: Environment = {}): Application {
  return parseCompose(text, { fileName: '/home/user/lab/compose.yaml', environment })
}

/** The lines of the refusal, without their position. */
export function problemsOf(text: string, environment: Environment = {}): readonly string[] {
  return linesOf(text, environment).map((line) => line.replace(/^ *\d+:\d+ +/, ''))
}

/** The lines of the refusal: `12:5  services.web.image: …`. */
export function linesOf(text: string, environment: Environment = {}): readonly string[] {
  try {
    readApplication(text, environment)
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    const [count = '', ...lines] = error.reason.split('\n')
    if (!/^\d+ problems?$/.test(count)) throw error
    return lines.map((line) => line.trim())
  }
  return []
}

/** A file with the service `web`; its keys one a line, or a block of lines. */
export function aFile(keys: string, top = ''): string {
  const image = /^image:/m.test(keys) ? [] : ['image: nginx']
  const lines = [...image, ...keys.split('\n')].map((line) => `    ${line}`)
  return ['services:', '  web:', ...lines, top, ''].join('\n')
}

/** The service `web` that a file with these keys declares. */
export function aService(keys = '', environment: Environment = {}, top = ''): Service {
  const [service] = readApplication(aFile(keys, top), environment).services
  if (service === undefined) throw new Error('no service was read')
  return service
}

/** What is said against the keys of the service `web`, without the path up to it. */
export function complaints(keys: string, environment: Environment = {}, top = ''): readonly string[] {
  return problemsOf(aFile(keys, top), environment).map((line) => line.replace(/^services\.web\.?/, ''))
}
