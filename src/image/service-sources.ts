// The services that there are: every folder of services/ with a main.ts is one, and its name is the image's.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { nearestKey } from '../model/problems.ts'

/** Sorted names. */
export async function listServices(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => ((await isFile(join(folder, name, 'main.ts'))) ? name : undefined)),
  )
  return names.filter((name) => name !== undefined).sort()
}

/**
 * @returns the path of the service's main.ts.
 * @throws ShoalError IMAGE_SERVICE_UNKNOWN with the names that there are.
 */
export async function findService(name: string, folder: string): Promise<string> {
  const known = await listServices(folder)
  if (known.includes(name)) return join(folder, name, 'main.ts')
  const nearest = nearestKey(name, known)
  throw new ShoalError('IMAGE_SERVICE_UNKNOWN', {
    action: 'build',
    object: `an image of "${name}"`,
    reason:
      known.length === 0
        ? `there are no services in ${folder}`
        : `there is no service of that name; there are ${known.join(', ')}`,
    ...(nearest === undefined ? {} : { nextStep: `did you mean "${nearest}"?` }),
  })
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
