// The process of this machine's Engine: where its configuration lies, and how it is told to read it again.
import { readdir, readFile } from 'node:fs/promises'
import process from 'node:process'
import type { Engine } from '../engine/engine.ts'
import type { EngineInfo } from '../engine/info.ts'
import { pause } from '../model/pause.ts'
import { engineConfigFile } from './engine-config.ts'

export interface EngineProcess {
  readonly pid: number
  /** `daemon.json`, wherever the command line puts it. */
  readonly configFile: string
  /** The command line gives labels: the Engine would not start again with labels in the file as well. */
  readonly hasLabelFlags: boolean
  /** The same with what the device runtime and the devices need in the file. */
  readonly deviceFlags: readonly string[]
}

const pidFile = '/var/run/docker.pid'
const program = 'dockerd'
/** It takes some milliseconds; a small board under load takes longer. */
const reloadLimitMs = 5000

/** @returns undefined where it is not seen: it runs in another pid namespace, or several run */
export async function findEngineProcess(): Promise<EngineProcess | undefined> {
  const named = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  const pid = (await isEngine(named)) ? named : await onlyEngine()
  if (pid === undefined) return undefined
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return { pid, ...readEngineArguments(argv) }
}

/** Of dockerd's own command line. */
export function readEngineArguments(argv: readonly string[]): Omit<EngineProcess, 'pid'> {
  const given = (flag: string): string | undefined => {
    const index = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
    return argv[index] === flag ? argv[index + 1] : argv[index]?.slice(flag.length + 1)
  }
  return {
    configFile: given('--config-file') ?? engineConfigFile,
    hasLabelFlags: given('--label') !== undefined,
    deviceFlags: ['--node-generic-resource', '--default-runtime', '--add-runtime'].filter(
      (flag) => given(flag) !== undefined,
    ),
  }
}

/**
 * Has the Engine read its file again, without a restart, and waits until it shows what it read.
 * @returns false where it does not show it in time
 */
export async function reloadEngine(
  { pid }: EngineProcess,
  engine: Pick<Engine, 'info'>,
  isRead: (info: EngineInfo) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    process.kill(pid, 'SIGHUP')
  } catch {
    return false
  }
  const endsAtMs = performance.now() + reloadLimitMs
  while (performance.now() < endsAtMs) {
    if (isRead(await engine.info({ signal }))) return true
    await pause(20, signal)
    signal.throwIfAborted()
  }
  return false
}

async function onlyEngine(): Promise<number | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found: number[] = []
  for (const pid of pids) if (await isEngine(pid)) found.push(pid)
  return found.length === 1 ? found[0] : undefined
}

async function isEngine(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === program
}
