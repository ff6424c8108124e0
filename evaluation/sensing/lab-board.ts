// A simulated board at a host of the lab, and what the host says of it: /etc/shoal/devices.yaml.
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LabHost } from '../../lab/lab.ts'
import { ShoalError } from '../../src/model/errors.ts'
import { projectFile } from '../host-program.ts'
import { mustRun } from '../must-run.ts'

const startLimitMs = 60_000

/** Writes the declarations, before the host joins a cluster. */
export async function declareDevices(host: LabHost, signal: AbortSignal): Promise<void> {
  const source = projectFile('evaluation/sensing/devices.yaml')
  await mustRun(host, ['install', '-D', '-m', '0644', source, '/etc/shoal/devices.yaml'], signal)
}

/**
 * `shoal board run` in the host; resolves when its devices are there. Ended by `stopProgram`.
 * @param onEdge is called with each thing that an actuator does, one JSON object as text
 */
export async function startBoard(
  host: LabHost,
  signal: AbortSignal,
  onEdge: (line: string) => void = () => {},
): Promise<ChildProcess> {
  const argv = ['shoal', 'board', 'run', projectFile('evaluation/sensing/board.yaml'), '--json']
  const program = host.spawn(argv, { signal, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) => {
      program.kill('SIGTERM')
      const where = { action: 'start', object: 'the simulated board', place: host.name }
      reject(new ShoalError('DEMO_FAILED', { ...where, reason, cause }))
    }
    const timer = setTimeout(() => fail(`no word in ${startLimitMs / 1000} s`), startLimitMs)
    program.once('error', (error) => fail(error.message, error))
    program.once('close', () => {
      clearTimeout(timer)
      fail(complaint.trim() || 'it ended without a word')
    })
    if (program.stdout === null) return fail('it has no output to read')
    let isUp = false
    createInterface({ input: program.stdout }).on('line', (line) => {
      if (isUp) return onEdge(line)
      // The first line says what the board is.
      isUp = true
      clearTimeout(timer)
      resolve()
    })
  })
  return program
}
