// Where built images are kept.
import { join } from 'node:path'
import process from 'node:process'

/**
 * What the command line names, else SHOAL_IMAGES, else /var/lib/shoal/images for root and
 * ~/.local/share/shoal/images (XDG Base Directory) for anyone else.
 */
export function imageStoreFolder(
  env: Readonly<Record<string, string | undefined>>,
  named?: string,
  isRoot = process.getuid?.() === 0,
): string {
  if (named !== undefined) return named
  if (env.SHOAL_IMAGES) return env.SHOAL_IMAGES
  if (isRoot) return '/var/lib/shoal/images'
  return join(env.XDG_DATA_HOME || join(env.HOME ?? '/', '.local', 'share'), 'shoal', 'images')
}
