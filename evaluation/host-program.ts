// A program of the evaluation that runs inside a host: its input as JSON, its output as one JSON value a line.

import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The part of a host that starts programs; a lab host is one. */
export interface ProgramHost {
  readonly name: string
  /** Left out: the Node that runs this program. */
  readonly nodeProgram?: string
  /** Left out: the host sees the files of this machine. */
  projectFile?(path: string): string
  spawn(argv: readonly string[], options: { signal?: AbortSignal; stdio?: StdioOptions }): ChildProcess
}

/** The Node that runs this program also runs the probes: hosts of a lab see the same files. */
export const nodeProgram = process.execPath

/** Path of a file of the project, as a host of the lab sees it. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}

/**
 * Runs `node FILE` in the host, gives it `input`, and hands out its lines as they come.
 * Throws with the program's stderr when it ends with another code than 0.
 */
export async function* runHostProgram<Line>(
  host: ProgramHost,
  file: string,
  input: unknown,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  const path = host.projectFile?.(file) ?? projectFile(file)
  const child = host.spawn([host.nodeProgram ?? nodeProgram, path], { signal })
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  ended.catch(() => {})
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  child.stdin?.end(JSON.stringify(input))
  if (child.stdout === null) throw new Error(`${file} on ${host.name} has no output to read`)
  let isRead = false
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Line
    isRead = true
  } finally {
    // Whoever reads no further wants no more of it.
    if (!isRead) child.kill('SIGTERM')
  }
  const [exitCode, killedBy] = await ended
  if (exitCode !== 0)
    throw new Error(`${file} on ${host.name} ended with ${killedBy ?? exitCode}: ${complaint.trim()}`)
}
