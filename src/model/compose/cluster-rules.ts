// What the keys of a service must keep to in a cluster: what Swarm would refuse later, or take in silence and never fulfil.
import { isClaiming } from './cluster-settings.ts'
import type { Patch } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'
import type { Say } from './service-rules.ts'

type Draft = Patch<ServiceDraft> & { readonly name: string; readonly application: string }

type Rule = (draft: Draft, say: Say) => void

/** SwarmKit, manager/controlapi: smallest reservation of memory. */
const leastReservedBytes = 4 * 1024 ** 2

/** The kernel gives no less than 1 ms of a period of 100 ms. */
const leastCpus = 0.01

/** SwarmKit, manager/controlapi: the name of a service is a part of a host name. */
const longestServiceName = 63

const reservedPrefixes = ['com.docker.stack.', 'com.docker.swarm.']
/** What the rules of both modes keep free on containers already. */
const alsoReserved = ['shoal.', 'com.docker.compose.']

export function checkClusterService(draft: Draft, say: Say): void {
  for (const rule of rules) rule(draft, say)
}

const rules: readonly Rule[] = [
  function nameFits({ name, application }, say) {
    const whole = `${application}_${name}`
    if (name.includes('.'))
      say(
        [],
        'Swarm takes no dot in the name of a service, and Shoal puts one between application and service',
      )
    else if (!/[a-zA-Z0-9]$/.test(name)) say([], 'Swarm wants a letter or a digit at the end of the name')
    if (whole.length > longestServiceName)
      say([], `Swarm would call it ${whole}, and takes ${longestServiceName} characters at most`)
  },

  function restartsAgree({ restart, deploy }, say) {
    if (restart !== undefined && deploy?.clusterRestart !== undefined)
      say(['restart'], 'deploy.restart_policy is given too: give one of them')
  },

  function globalHasNoCount({ deploy, xShoal }, say) {
    if (deploy?.mode !== 'global') return
    const instead = 'with the mode global each node has one instance: leave it out'
    if ((xShoal?.standby ?? 0) > 0) say(['x-shoal', 'standby'], instead)
    if (deploy.replicas !== undefined) say(['deploy', 'replicas'], instead)
    if (deploy.placement?.maxPerNode) say(['deploy', 'placement', 'max_replicas_per_node'], instead)
  },

  function oneKindOfNetwork({ network, networks, deploy }, say) {
    if (network === undefined) return
    if (networks !== undefined)
      say(['networks'], `with network_mode ${network} it is on no other: leave networks out`)
    if (deploy?.endpointMode !== undefined)
      say(
        ['deploy', 'endpoint_mode'],
        `with network_mode ${network} no name leads to its instances: leave it out`,
      )
  },

  function claimsGoWithoutNetworks(draft, say) {
    if (draft.networks !== undefined && isClaiming(draft))
      say(
        ['networks'],
        'Swarm gives up an instance that claims a device whenever a network comes to its node: leave networks out, it is reached at its published port',
      )
  },

  function amountsAreGiven({ cpus, deploy }, say) {
    const { limits, reservations } = deploy?.resources ?? {}
    const resources = ['deploy', 'resources']
    const tooLittle = `the kernel gives no less than ${leastCpus} of a CPU`
    if (isBelow(cpus, leastCpus)) say(['cpus'], tooLittle)
    if (isBelow(limits?.cpus, leastCpus)) say([...resources, 'limits', 'cpus'], tooLittle)
    if (isBelow(reservations?.cpus, leastCpus)) say([...resources, 'reservations', 'cpus'], tooLittle)
    if (isBelow(reservations?.memoryBytes, leastReservedBytes))
      say([...resources, 'reservations', 'memory'], 'Swarm reserves no less than 4m')
  },

  function genericKindsDiffer({ deploy, xShoal }, say) {
    const key = ['deploy', 'resources', 'reservations', 'generic_resources']
    const kinds = (deploy?.resources?.reservations?.generic ?? []).map(({ kind }) => kind)
    for (const kind of new Set(kinds.filter((each, index) => kinds.indexOf(each) !== index)))
      say(key, `${kind} is reserved twice`)
    for (const kind of new Set(kinds.filter((each) => xShoal?.needs?.includes(each))))
      say(key, `${kind} is reserved by x-shoal.needs already`)
  },

  function filesDiffer({ secrets = [], configs = [] }, say) {
    for (const [key, uses] of Object.entries({ secrets, configs })) {
      const targets = uses.map(({ key: source, target = source }) => target)
      for (const target of new Set(targets.filter((each, index) => targets.indexOf(each) !== index)))
        say([key], `${target} of the container is given twice`)
    }
  },

  function labelsAreFree({ labels = [], deploy }, say) {
    for (const { key } of labels) sayIfReserved(key, reservedPrefixes, ['labels'])
    for (const key of Object.keys(deploy?.labels ?? {}))
      sayIfReserved(key, [...reservedPrefixes, ...alsoReserved], ['deploy', 'labels'])

    function sayIfReserved(label: string, prefixes: readonly string[], keys: readonly string[]): void {
      const prefix = prefixes.find((reserved) => label.startsWith(reserved))
      if (prefix !== undefined)
        say(keys, `labels under ${prefix} are set by Shoal and Swarm: leave ${label} out`)
    }
  },
]

/** Zero is no amount at all, and is taken as nothing. */
function isBelow(amount: number | undefined, least: number): boolean {
  return amount !== undefined && amount > 0 && amount < least
}
