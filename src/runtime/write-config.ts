// The bundle's config.json as a whole: runc reads the old one or the new one. Nothing outside of the bundle is written.
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function writeConfig(bundle: string, text: string): Promise<void> {
  const file = join(bundle, 'config.json')
  const unfinished = join(bundle, '.shoal-config.json')
  const { mode } = await stat(file)
  try {
    // Of a run that was killed: the bundle is this process's alone.
    await rm(unfinished, { force: true })
    await writeFile(unfinished, text, { mode: mode & 0o777, flag: 'wx' })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
