// Files that the kernel makes up as they are read, in /proc and in the trees of cgroups. Reading one waits for no disk, so it is read at once: through
// a pool of threads each would cost ten times as much.
import { readFileSync } from 'node:fs'

/** Empty where it is not there, or may not be read. */
export function readKernelFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
