// This machine's kernel, looked at through its files.
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceNumbers, KernelView } from './kernel-view.ts'

/** A file of sysfs is a page at most. */
const mostBytes = 65_536

/** @param root in front of every path: a tree that was laid down elsewhere */
export function localKernelView(root = ''): KernelView {
  const at = (path: string): string => (root === '' ? path : join(root, path))
  const bare = (path: string): string => (path.startsWith(root) ? path.slice(root.length) : path)
  return {
    list: async (folder) => (await readdir(at(folder)).catch(() => [])).sort(),
    read: async (file) => {
      const text = await readFile(at(file), 'utf8').catch(() => undefined)
      return text === undefined || text.length > mostBytes ? undefined : text.trim()
    },
    resolve: async (path) => {
      const found = await realpath(at(path)).catch(() => undefined)
      return found === undefined ? undefined : bare(found)
    },
    numbers: async (path) => {
      const found = await stat(at(path)).catch(() => undefined)
      return found?.isCharacterDevice() === true ? deviceNumbers(found.rdev) : undefined
    },
  }
}

/** As Linux packs them into `st_rdev`: 12 bits of major in the middle, the rest minor. */
export function deviceNumbers(rdev: number): DeviceNumbers {
  const bits = BigInt(rdev)
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n)
  const minor = (bits & 0xffn) | ((bits >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}
