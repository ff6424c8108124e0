// Which lab a stage stands on: hosts and links, after the testbed of the paper (§V.A). Pure.
import { parseTopology, type Topology } from '../../lab/topology.ts'
import { planWires } from '../../lab/wire-plan.ts'
import type { Link } from './stage.ts'

export interface LabPlan {
  readonly topology: Topology
  readonly workers: readonly string[]
  /** At which the workers reach the manager. */
  readonly managerForWorkers: string
  /** What the client is told beside its own network, as `ip route replace` takes it. */
  readonly clientRoutes: readonly (readonly string[])[]
}

/** Of a cable's other end, as seen from the client. */
const firstWorker = 'worker1'

/**
 * - `ethernet`: all on one 100 Mbit/s switch.
 * - `wlan`: the paper's WLANs are ad-hoc ones, made by the server (pair) or by the manager (cluster): one radio hop from any to any. A wire
 *   of kind `wlan` is one radio hop between a host and the switch; so the workers have one, and the manager and the client stand at its
 *   other end: the hop from each of them to a worker is exactly one, in both modes. With a radio for the client too there would be two.
 * - `direct`: a cable between the worker and whoever commands it: the manager in cluster mode (§V.B, "Ethernet No-Switch"), the client in
 *   pair mode. Client and manager are joined by the switch, which the worker is not on.
 */
export function planLab(link: Link, workerCount: number, name: string): LabPlan {
  const workers = Array.from({ length: workerCount }, (_, index) => `worker${index + 1}`)
  const hosts = ['manager', 'client', ...workers]
  const lines = ['hosts:', ...hosts.map((host) => `- {name: ${host}}`), 'links:', ...linksOf(link, workers)]
  const topology = parseTopology(`${lines.join('\n')}\n`, name)
  return { topology, workers, ...(link === 'direct' ? overCables(topology) : overSwitch(topology)) }
}

function linksOf(link: Link, workers: readonly string[]): readonly string[] {
  const ends = ['manager', 'client']
  switch (link) {
    case 'ethernet':
      return [`- {kind: ethernet, hosts: [${[...ends, ...workers].join(', ')}]}`]
    case 'wlan':
      return [
        `- {kind: ethernet, hosts: [${ends.join(', ')}]}`,
        `- {kind: wlan, hosts: [${workers.join(', ')}]}`,
      ]
    case 'direct':
      return [
        `- {kind: ethernet, hosts: [${ends.join(', ')}]}`,
        ...ends.map((end) => `- {kind: direct, between: [${end}, ${firstWorker}]}`),
      ]
  }
}

type Ways = Pick<LabPlan, 'managerForWorkers' | 'clientRoutes'>

function overSwitch({ hosts }: Topology): Ways {
  const manager = hosts.find(({ name }) => name === 'manager')
  if (manager === undefined) throw new TypeError('the lab has no manager')
  return { managerForWorkers: manager.address, clientRoutes: [] }
}

/**
 * A worker is known in the cluster by its address on the manager's cable. The client reaches that over its own cable: the worker answers
 * there for all its addresses, so no third host is on the way.
 */
function overCables(topology: Topology): Ways {
  const cables = planWires(topology).flatMap(({ near, far }) =>
    far.host === undefined ? [] : [{ near, far }],
  )
  const [managers, clients] = ['manager', 'client'].map((end) => cables.find(({ near }) => near.host === end))
  if (managers === undefined || clients === undefined) throw new TypeError('the lab lacks a cable')
  return {
    managerForWorkers: managers.near.address,
    clientRoutes: [
      [`${managers.far.address}/32`, 'via', clients.far.address],
      // The manager makes itself known by its address on the cable.
      [`${managers.near.address}/32`, 'via', overSwitch(topology).managerForWorkers],
    ],
  }
}
