// Has this machine's own Engine trust the registry, so that it pulls as the nodes do. Stays when the manager is uninstalled: it is nobody's harm.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'
import { writeWhole } from '../../worker/write-whole.ts'

/** Where an Engine looks for authorities, read anew at each pull. */
const engineFolder = '/etc/docker/certs.d'

/** Throws ShoalError FILE_UNWRITABLE. */
export async function trustRegistry(
  { authority, authorityPem }: { readonly authority: string; readonly authorityPem: string },
  folder = engineFolder,
): Promise<void> {
  const file = join(folder, authority, 'ca.crt')
  if ((await readFile(file, 'utf8').catch(() => '')) === authorityPem) return
  try {
    await mkdir(join(folder, authority), { recursive: true, mode: 0o755 })
    await writeWhole(file, authorityPem, 0o644)
  } catch (error) {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'have the Engine trust',
      object: 'the registry',
      place: file,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root',
      cause: error,
    })
  }
}
