import { describe, expect, it } from 'vitest'
import { aService, complaints } from './reading.ts'

describe('keys of a service that belong together', () => {
  it.each([
    ['scale: 2\ndeploy: {replicas: 3}', 'scale: deploy.replicas says 3 and this says 2: give one of them'],
    [
      'cpus: 1\ndeploy: {resources: {limits: {cpus: 2}}}',
      'cpus: deploy.resources.limits.cpus says 2 and this says 1: give one of them',
    ],
    [
      'mem_limit: 64m\ndeploy: {resources: {limits: {memory: 128m}}}',
      'mem_limit: deploy.resources.limits.memory says 134217728 and this says 67108864: give one of them',
    ],
    [
      'pids_limit: 5\ndeploy: {resources: {limits: {pids: 6}}}',
      'pids_limit: deploy.resources.limits.pids says 6 and this says 5: give one of them',
    ],
    [
      'mem_reservation: 1m\ndeploy: {resources: {reservations: {memory: 2m}}}',
      'mem_reservation: deploy.resources.reservations.memory says 2097152 and this says 1048576: give one of them',
    ],
    [
      'restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 3}}',
      'restart: deploy.restart_policy says on-failure:3 and this says always: give one of them',
    ],
    ['container_name: one\nscale: 2', 'container_name: one name cannot be that of 2 instances: leave it out'],
    ['cpus: 1\ncpu_quota: 1000', 'cpu_quota: cpus is given too, and the Engine takes one of them'],
    [
      'deploy: {resources: {limits: {cpus: 1}}}\ncpu_period: 1000',
      'cpu_period: cpus is given too, and the Engine takes one of them',
    ],
    ['mem_limit: 64m\nmem_reservation: 65m', 'mem_limit: the limit is below the reservation'],
    ['memswap_limit: 1g', 'memswap_limit: it needs mem_limit: it is memory and swap together'],
    [
      'mem_limit: 64m\nmemswap_limit: 32m',
      'memswap_limit: it is below mem_limit: it is memory and swap together',
    ],
    [
      'network_mode: host\nports: ["80:80"]',
      'ports: with network_mode host the ports are the device’s own: leave ports out',
    ],
    [
      'network_mode: none\nports: [80]',
      'ports: with network_mode none nothing is reachable: leave ports out',
    ],
    ['uts: host\nhostname: web', 'hostname: with uts host the name is the device’s: leave hostname out'],
    [
      'uts: host\ndomainname: lab',
      'domainname: with uts host the name is the device’s: leave domainname out',
    ],
    ['command: []', 'command: the Engine cannot clear the command of an image alone: give entrypoint too'],
    ['command: ""', 'command: the Engine cannot clear the command of an image alone: give entrypoint too'],
    ['labels: {shoal.mode: x}', 'labels: labels under shoal. are set by Shoal: leave shoal.mode out'],
    [
      'labels: [com.docker.compose.project=x]',
      'labels: labels under com.docker.compose. are set by Shoal: leave com.docker.compose.project out',
    ],
  ])('are refused when they contradict: %j', (keys, complaint) => {
    expect(complaints(keys)).toEqual([complaint])
  })

  it.each([
    'scale: 2\ndeploy: {replicas: 2}',
    'mem_limit: 64m\ndeploy: {resources: {limits: {memory: 65536k}}}',
    'restart: always\ndeploy: {restart_policy: {condition: any}}',
    'container_name: one\nscale: 1',
    'cpus: 0\ncpu_quota: 1000',
    'mem_limit: 0\nmem_reservation: 65m',
    'mem_limit: 6m\nmemswap_limit: 6m',
    'network_mode: host\nports: []',
    'tmpfs: [/a, /a/b]\nvolumes: [/a/c]',
  ])('are taken when they agree: %j', (keys) => {
    expect(aService(keys).name).toBe('web')
  })
})
