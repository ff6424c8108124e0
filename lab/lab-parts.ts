// What a lab consists of while it is worked on: all of it follows from its paths and its topology, so that every command can make it anew.
import { BoardHost } from './board/board-host.ts'
import { Cgroup } from './cgroup.ts'
import { readCgroupLayout } from './cgroup-layout.ts'
import { Host } from './host.ts'
import { hostPaths, type LabPaths } from './lab-paths.ts'
import type { Topology } from './topology.ts'
import { endsOf, planWires, type WirePlan } from './wire-plan.ts'
import { Wiring } from './wiring.ts'

export interface LabParts {
  readonly paths: LabPaths
  readonly topology: Topology
  /** In the topology's order. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly wires: readonly WirePlan[]
  readonly wiring: Wiring
}

/** Starts nothing. Throws `LAB_UNFIT` when the machine has no cgroups. */
export function makeLabParts(paths: LabPaths, topology: Topology): LabParts {
  const layout = readCgroupLayout()
  const wires = planWires(topology)
  const hosts = new Map(
    topology.hosts.map((spec) => {
      const own = hostPaths(paths, spec.name)
      const parts = [paths.name, spec, own, new Cgroup(layout, own.cgroup)] as const
      const host =
        spec.kind === 'board' ? new BoardHost(endsOf(spec.name, wires), ...parts) : new Host(...parts)
      return [spec.name, host]
    }),
  )
  return { paths, topology, hosts, wires, wiring: new Wiring({ paths, layout, topology, wires, hosts }) }
}
