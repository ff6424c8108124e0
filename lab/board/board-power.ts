// An emulated board's power: QEMU started in the network namespace of its host, until programs can run on it.
import { setTimeout as sleep } from 'node:timers/promises'
import { ShoalError } from '../../src/model/errors.ts'
import { waitFor } from '../deadline.ts'
import { checkout, joinArgv } from '../enter.ts'
import { logTail } from '../launch.ts'
import { inNetwork } from '../links/namespace-argv.ts'
import { collect } from '../run-command.ts'
import { type BoardHost, spawnBeside } from './board-host.ts'
import { tapOf } from './board-wire.ts'
import { boardFiles, qemuArgs } from './machine.ts'
import { openDoorArgv } from './ssh-argv.ts'

const startTimeoutMs = 15_000
/** 5 to 8 s on an idle machine. */
const sshTimeoutMs = 300_000
const askEveryMs = 300

/** Starts the machine unless it runs, and waits until its sshd lets programs in. Throws `LAB_DAEMON_FAILED` with the end of its console. */
export async function startBoard(host: BoardHost, signal: AbortSignal | undefined): Promise<void> {
  if (host.machinePid() === undefined) await startMachine(host, signal)
  const fail = (why: string) => boardFailure(host, 'boot', 'the board', why)
  await waitFor(
    async () => {
      if (host.machinePid() === undefined) throw fail('QEMU has ended')
      if (await openDoor(host, signal)) return true
      await sleep(askEveryMs)
      return undefined
    },
    { timeoutMs: sshTimeoutMs, signal, late: () => fail(`no ssh after ${sshTimeoutMs / 1000} s`) },
  )
}

/** `setsid --fork` leaves QEMU to the machine's init; the host's cgroup holds it. */
async function startMachine(host: BoardHost, signal: AbortSignal | undefined): Promise<void> {
  const networks = host.ends.map(({ interfaceName, hardwareAddress }) => ({
    tap: tapOf(interfaceName),
    hardwareAddress,
  }))
  const machine = qemuArgs({ memoryMiB: host.spec.memoryMiB ?? defaultBoardMemoryMiB, networks, checkout })
  const log = ['sh', '-c', 'exec "$@" >qemu.log 2>&1', 'sh', 'setsid', '--fork', ...machine]
  const argv = joinArgv(host.joinFiles(), inNetwork(host.init(), log))
  const late = () => boardFailure(host, 'start', 'QEMU', `no start after ${startTimeoutMs / 1000} s`)
  const child = spawnBeside(argv, host.paths.folder)
  const { exitCode, stderr } = await collect(child, { signal, timeoutMs: startTimeoutMs }, late)
  if (exitCode !== 0) throw boardFailure(host, 'start', 'QEMU', stderr.trim() || `exit code ${exitCode}`)
  await waitFor(() => host.machinePid(), { timeoutMs: startTimeoutMs, signal, late })
}

export const defaultBoardMemoryMiB = 1024

/** The connection that all programs share. */
async function openDoor(host: BoardHost, signal: AbortSignal | undefined): Promise<boolean> {
  const child = host.launchOutside(openDoorArgv(host.door), { stdio: 'ignore' })
  const { exitCode } = await collect(child, { signal, timeoutMs: 20_000 }, () => new Error('late')).catch(
    (error: unknown) => {
      signal?.throwIfAborted()
      return { exitCode: error instanceof Error ? 255 : 254 }
    },
  )
  return exitCode === 0
}

export function boardFailure(host: BoardHost, action: string, object: string, why: string): ShoalError {
  const tails = ['qemu.log', boardFiles.console].map((name) => logTail(`${host.paths.folder}/${name}`))
  const log = tails.filter(Boolean).join('\n')
  return new ShoalError('LAB_DAEMON_FAILED', {
    action,
    object,
    place: `host ${host.spec.name} of lab "${host.labName}"`,
    reason: log === '' ? why : `${why}; its logs end with\n${log}`,
  })
}
