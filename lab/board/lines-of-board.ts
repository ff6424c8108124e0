// Opens the wires at a board's GPIO chip.
import { ShoalError } from '../../src/model/errors.ts'
import type { Host } from '../host.ts'
import { BoardHost } from './board-host.ts'
import { boardFiles } from './machine.ts'
import { findDevice, Qmp } from './qmp.ts'
import { Qtest } from './qtest.ts'

/** For the board's whole power: one client at a time. Throws `LAB_HOST_OFF` when there is no machine, or the host is no board. */
export async function openLines(host: Host): Promise<Qtest> {
  const pid = host instanceof BoardHost ? host.machinePid() : undefined
  if (pid === undefined) throw noMachine(host)
  // By the folder that QEMU runs in: the path of the lab's own folder may be longer than a socket's may be.
  const file = (name: string) => `/proc/${pid}/cwd/${name}`
  const qmp = await Qmp.open(file(boardFiles.qmp))
  try {
    return await Qtest.open(file(boardFiles.qtest), await findDevice(qmp, 'pl061'))
  } finally {
    qmp.close()
  }
}

function noMachine({ spec, labName }: Host): ShoalError {
  const isBoard = spec.kind === 'board'
  return new ShoalError('LAB_HOST_OFF', {
    action: 'reach the lines of',
    object: spec.name,
    place: `lab "${labName}"`,
    reason: isBoard ? 'its machine does not run' : 'it is no board: its topology does not say kind: board',
    ...(isBoard ? { nextStep: `shoal lab power ${spec.name} off, then on` } : {}),
  })
}
