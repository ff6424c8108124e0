// Which Shoal this is.
import { readFileSync } from 'node:fs'

/** Of this Shoal: what package.json says. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
