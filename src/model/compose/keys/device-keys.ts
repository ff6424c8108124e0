// Keys of a service: what it gets of the device: device files, paths, memory as folders.

import { readRecord } from '../read-key-values.ts'
import { readBytes, readList, readPattern } from '../read-value.ts'
import { honoured, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { deviceSection, readDevice } from './device.ts'
import { mountSection, readMount } from './mounts.ts'
import { readTmpfs } from './tmpfs.ts'

export const deviceKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  devices: honoured(
    'device files: SOURCE[:TARGET][:rwm], or the map below',
    'devices',
    readList(readDevice),
    { '[]': deviceSection },
  ),
  device_cgroup_rules: honoured(
    'rules of the device cgroup, such as c 188:* rwm',
    'deviceCgroupRules',
    readList(readPattern(/^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/, 'a rule such as "c 188:* rwm"'), {
      unique: true,
    }),
  ),
  volumes: honoured(
    'absolute paths of the device and named volumes, which each device has for itself, short or long syntax; a relative path is refused',
    'mounts',
    readList(readMount, { unique: true }),
    { '[]': mountSection },
  ),
  tmpfs: honoured('memory as folders: PATH[:OPTIONS]', 'tmpfs', readTmpfs),
  storage_opt: honoured('options of the storage driver', 'storageOptions', readRecord),
  shm_size: honoured('size of /dev/shm', 'shmBytes', readBytes),
}
