// What the keys of a service must keep to together: each rule looks at the draft and says what is against it.
import type { RestartPolicy } from '../application.ts'
import { claimVariablePrefix, devicePathsVariable } from '../devices/device-paths.ts'
import { grantedDevicesVariable } from '../devices/granted-device.ts'
import type { Patch } from './section.ts'
import type { ServiceDraft } from './service-draft.ts'

type Draft = Patch<ServiceDraft>

/** Says that a key, given by its path below the service, is against a rule. */
export type Say = (keys: readonly string[], message: string) => void

type Rule = (draft: Draft, say: Say) => void

/** moby, daemon/daemon_unix.go: the Engine takes no limit below. */
const leastMemoryBytes = 6 * 1024 ** 2

/** Who may write them decides which devices a container gets. */
const keptVariables: readonly string[] = [grantedDevicesVariable, devicePathsVariable]

const reservedPrefixes = ['shoal.', 'com.docker.compose.']

export function checkService(draft: Draft, say: Say): void {
  for (const rule of rules) rule(draft, say)
}

const rules: readonly Rule[] = [
  function replicasAgree({ scale, deploy }, say) {
    sayUnlessSame(scale, deploy?.replicas, ['scale'], 'deploy.replicas', say)
  },

  function limitsAgree({ cpus, memoryBytes, memoryReservationBytes, pids, deploy }, say) {
    const { limits, reservations } = deploy?.resources ?? {}
    const memory = limits?.memoryBytes
    sayUnlessSame(cpus, limits?.cpus, ['cpus'], 'deploy.resources.limits.cpus', say)
    sayUnlessSame(memoryBytes, memory, ['mem_limit'], 'deploy.resources.limits.memory', say)
    sayUnlessSame(pids, limits?.pids, ['pids_limit'], 'deploy.resources.limits.pids', say)
    const reserved = 'deploy.resources.reservations.memory'
    sayUnlessSame(memoryReservationBytes, reservations?.memoryBytes, ['mem_reservation'], reserved, say)
  },

  function restartsAgree({ restart, deploy }, say) {
    sayUnlessSame(inWords(restart), inWords(deploy?.restart), ['restart'], 'deploy.restart_policy', say)
  },

  function ownNameIsOfOne({ containerName, scale, deploy }, say) {
    const replicas = deploy?.replicas ?? scale ?? 1
    if (containerName !== undefined && replicas > 1) {
      say(['container_name'], `one name cannot be that of ${replicas} instances: leave it out`)
    }
  },

  function cpuIsLimitedInOneWay({ cpus, cpuQuotaUs, cpuPeriodUs, deploy }, say) {
    const limited = (cpus ?? deploy?.resources?.limits?.cpus ?? 0) > 0
    const key = cpuQuotaUs !== undefined ? 'cpu_quota' : 'cpu_period'
    if (limited && (cpuQuotaUs !== undefined || cpuPeriodUs !== undefined)) {
      say([key], 'cpus is given too, and the Engine takes one of them')
    }
  },

  function memoryFits({ memoryBytes, memoryReservationBytes, memorySwapBytes, deploy }, say) {
    const { limits, reservations } = deploy?.resources ?? {}
    const limit = memoryBytes ?? limits?.memoryBytes ?? 0
    const limitKey = memoryBytes === undefined ? ['deploy', 'resources', 'limits', 'memory'] : ['mem_limit']
    if (limit > 0 && limit < leastMemoryBytes) {
      say(limitKey, `the Engine takes no limit below 6m, got ${limit} bytes`)
    }
    const reservation = memoryReservationBytes ?? reservations?.memoryBytes ?? 0
    if (limit > 0 && reservation > limit) say(limitKey, 'the limit is below the reservation')
    const swap = memorySwapBytes ?? 0
    if (swap > 0 && limit === 0) say(['memswap_limit'], 'it needs mem_limit: it is memory and swap together')
    if (swap > 0 && swap < limit)
      say(['memswap_limit'], 'it is below mem_limit: it is memory and swap together')
  },

  function onlyBridgesPublish({ network, ports }, say) {
    if (ports === undefined || ports.mappings.length === 0) return
    if (network === 'host')
      say(['ports'], 'with network_mode host the ports are the device’s own: leave ports out')
    if (network === 'none') say(['ports'], 'with network_mode none nothing is reachable: leave ports out')
  },

  function hostNameIsOwn({ utsMode, hostname, domainName }, say) {
    if (utsMode === undefined) return
    if (hostname !== undefined)
      say(['hostname'], 'with uts host the name is the device’s: leave hostname out')
    if (domainName !== undefined)
      say(['domainname'], 'with uts host the name is the device’s: leave domainname out')
  },

  function commandCannotBeCleared({ command, entrypoint }, say) {
    if (command?.length === 0 && entrypoint === undefined) {
      say(['command'], 'the Engine cannot clear the command of an image alone: give entrypoint too')
    }
  },

  function targetsDiffer({ mounts = [], tmpfs = {}, devices = [] }, say) {
    const seen = new Set(Object.keys(tmpfs).map(withoutTrailingSlash))
    for (const { mount } of mounts) {
      const target = withoutTrailingSlash(mount.target)
      if (seen.has(target)) say(['volumes'], `${target} of the container is mounted twice`)
      seen.add(target)
    }
    const deviceTargets = devices.map(({ pathInContainer }) => pathInContainer)
    for (const target of new Set(
      deviceTargets.filter((path, index) => deviceTargets.indexOf(path) !== index),
    )) {
      say(['devices'], `${target} of the container is given twice`)
    }
  },

  function claimVariablesAreFree({ environment = [] }, say) {
    for (const { key } of environment) {
      const isKept = keptVariables.includes(key) || key.startsWith(claimVariablePrefix)
      if (isKept)
        say(
          ['environment'],
          `${key} tells of the devices of an instance, and is set for it: leave it out, and name what it needs under x-shoal.needs`,
        )
    }
  },

  function labelsAreFree({ labels = [] }, say) {
    for (const { key } of labels) {
      const prefix = reservedPrefixes.find((reserved) => key.startsWith(reserved))
      if (prefix !== undefined) say(['labels'], `labels under ${prefix} are set by Shoal: leave ${key} out`)
    }
  },
]

/** Compose: two keys for one thing may both be there when they say the same. */
function sayUnlessSame<T extends string | number>(
  value: T | undefined,
  other: T | undefined,
  keys: readonly string[],
  otherKey: string,
  say: Say,
): void {
  if (value === undefined || other === undefined || value === other) return
  say(keys, `${otherKey} says ${other} and this says ${value}: give one of them`)
}

function inWords(policy: RestartPolicy | undefined): string | undefined {
  if (policy === undefined) return undefined
  return policy.maxAttempts > 0 ? `${policy.condition}:${policy.maxAttempts}` : policy.condition
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}
