// Commands on the folder of a run, to be copied into a shell.
import { relative } from 'node:path'

/** Goes on with it. @param inventory of real hosts; undefined for a lab */
export function continueLine(folder: string, inventory: string | undefined): string {
  const hosts = inventory === undefined ? [] : ['--inventory', inventory]
  return ['shoal', 'evaluate', '-o', nearPath(folder), ...hosts].map(quote).join(' ')
}

/** Makes the report of these anew. */
export function reportLine(folders: readonly string[]): string {
  return ['shoal', 'report', ...folders.map(nearPath)].map(quote).join(' ')
}

/** Seen from here, unless that is longer. */
export function nearPath(path: string): string {
  const near = relative('', path) || '.'
  return near.length < path.length ? near : path
}

/** As a shell takes it for one word. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
