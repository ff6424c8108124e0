// What the machine's /proc says of a host's processes.
import { readdirSync, readFileSync } from 'node:fs'
import { isNoSuch } from './no-such.ts'

/** The host's init among the processes of its cgroup: number 1 of a process namespace right below the machine's. */
export function findInit(pids: readonly number[]): number | undefined {
  return pids.find((pid) => /^NSpid:\t\d+\t1$/m.test(readProc(pid, 'status')) && !isZombie(pid))
}

/** The processes of these programs, by the names of their files (at most 15 characters, as the kernel keeps them). */
export function findByName(pids: readonly number[], names: readonly string[]): readonly number[] {
  return pids.filter((pid) => names.includes(readProc(pid, 'comm').trim()) && !isZombie(pid))
}

/** Whether a TCP socket listens on the port, in the network namespace of the process. */
export function listens(pid: number, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['net/tcp', 'net/tcp6'].some((file) =>
    readProc(pid, file)
      .split('\n')
      .some((line) => {
        const [, local = '', , state] = line.trim().split(/\s+/)
        // 0A: LISTEN, include/net/tcp_states.h
        return local.endsWith(suffix) && state === '0A'
      }),
  )
}

/** The first child of a process, such as the program that nsenter waits for. */
export function firstChild(pid: number): number | undefined {
  const [first] = readProc(pid, `task/${pid}/children`).split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}

/** Clock ticks between the machine's start and the process's: with the pid, this names a process for good. */
export function startTicks(pid: number): number | undefined {
  const fields = readProc(pid, 'stat').split(') ')[1]?.split(' ')
  // Field 22 of proc_pid_stat(5); the name and its brackets are fields 1 and 2.
  return fields?.[19] === undefined ? undefined : Number(fields[19])
}

/** Whether the process, if it is there at all, has the path as this host sees it. */
export function seesFolder(pid: number, path: string): boolean {
  try {
    readdirSync(`/proc/${pid}/root${path}`)
    return true
  } catch {
    return false
  }
}

/** Whether it has ended, and its parent takes no notice. */
export function isZombie(pid: number): boolean {
  return /^State:\t[ZX]/m.test(readProc(pid, 'status'))
}

/** Empty when the process has gone. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (isNoSuch(error)) return ''
    throw error
  }
}
