// The key `volumes` at the top of the file: named volumes, made on a device when an instance there first uses them.
import type { VolumeMount } from '../../application.ts'
import { clusterLabel } from '../../cluster/labels.ts'
import type { Findings, Place } from '../findings.ts'
import type { Located } from '../located.ts'
import { readRecord } from '../read-key-values.ts'
import { expected, readFilledText, readPattern } from '../read-value.ts'
import { honoured, type Patch, readSection, refused, type Section } from '../section.ts'
import type { MountUse } from './mounts.ts'

interface Volume {
  readonly name: string
  readonly driver: string
  readonly driverOptions: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export type Volumes = ReadonlyMap<string, Patch<Volume>>

export const volumeSection: Section<Volume> = {
  extensible: true,
  keys: {
    name: honoured(
      'name of the volume on the device; left out, APPLICATION_KEY',
      'name',
      readPattern(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, 'a name of letters, digits, _ . -'),
    ),
    driver: honoured('driver of the volume; left out, local', 'driver', readFilledText),
    driver_opts: honoured('options of the driver', 'driverOptions', readRecord),
    labels: honoured('labels of the volume, when it is made', 'labels', readRecord),
    external: refused(
      'the Engine makes a missing volume in silence, so that it need not be the one that is meant: name it with name',
    ),
  },
}

export function readVolumes(value: Located, findings: Findings): Volumes | undefined {
  if (value.kind !== 'map') return expected(value, findings, 'a map of volumes')
  return new Map(
    [...value.entries].map(([key, entry]) => [
      key,
      isNothing(entry.value) ? {} : readSection(volumeSection, entry.value, findings),
    ]),
  )
}

/** The volume that a service's mount means; anything that is no volume stays as it is. */
export function resolveMount(
  { mount, place }: MountUse,
  volumes: Volumes,
  application: string,
  findings: Findings,
): Exclude<MountUse['mount'], { kind: 'volume' }> | VolumeMount {
  if (mount.kind !== 'volume') return mount
  const { source } = mount
  const declared = source === undefined ? {} : declaredVolume(source, volumes, place, findings)
  const toolLabels =
    findings.mode === 'pair'
      ? { 'com.docker.compose.project': application, 'com.docker.compose.volume': source ?? '' }
      : { [clusterLabel.stack]: application }
  const ownLabels = source === undefined ? {} : toolLabels
  return {
    ...mount,
    source: source === undefined ? undefined : (declared.name ?? `${application}_${source}`),
    driver: declared.driver,
    driverOptions: declared.driverOptions ?? {},
    labels: { ...declared.labels, ...mount.labels, ...ownLabels },
  }
}

function declaredVolume(key: string, volumes: Volumes, place: Place, findings: Findings): Patch<Volume> {
  const declared = volumes.get(key)
  if (declared === undefined) {
    findings.problem(place, `no volume "${key}" stands under volumes at the top of the file`)
  }
  return declared ?? {}
}

function isNothing(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null
}
