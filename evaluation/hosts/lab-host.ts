// A host of the lab, as a measurement sees it.
import type { LabHost } from '../../lab/lab.ts'
import { nodeProgram, projectFile } from '../host-program.ts'
import type { EvaluationHost, HostRole } from './evaluation-host.ts'

/** Hosts of a lab see the same files as this machine, and have `shoal` in their path. */
export function labEvaluationHost(host: LabHost, role: HostRole): EvaluationHost {
  return {
    name: host.name,
    role,
    address: host.address,
    nodeProgram,
    projectFile,
    exec: (argv, options) => host.exec(argv, options),
    spawn: (argv, options) => host.spawn(argv, options),
  }
}
