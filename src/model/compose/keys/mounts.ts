// The key `volumes` of a service: paths of the device, volumes of its Engine, memory.
import type { BindMount, TmpfsMount } from '../../application.ts'
import type { Findings, Place } from '../findings.ts'
import { type Located, type LocatedMap, placeOf } from '../located.ts'
import { readRecord } from '../read-key-values.ts'
import {
  readBoolean,
  readBytes,
  readFilledText,
  readHonoured,
  readOneOf,
  readPattern,
  readText,
} from '../read-value.ts'
import { honoured, nested, type Patch, readSection, refused, type Section, withCluster } from '../section.ts'
import {
  isRelative,
  isVolumeName,
  parseMountSpec,
  propagations,
  refuseRelative,
  type VolumeUse,
} from '../syntax/mount-spec.ts'
import { clusterBindKeys, whySwarmCannotMount } from './cluster/mount-limits.ts'
import { readFileMode } from './file-mode.ts'

export interface MountUse {
  readonly mount: BindMount | VolumeUse | TmpfsMount
  readonly place: Place
}

interface LongMount {
  readonly type: 'bind' | 'volume' | 'tmpfs'
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly bind: Patch<BindOptions>
  readonly volume: Patch<VolumeOptions>
  readonly tmpfs: Patch<TmpfsOptions>
}

interface BindOptions {
  readonly propagation: string
  readonly createSource: boolean
  readonly selinux: 'z' | 'Z'
}

interface VolumeOptions {
  readonly noCopy: boolean
  readonly labels: Readonly<Record<string, string>>
}

interface TmpfsOptions {
  readonly sizeBytes: number
  readonly mode: number
}

export const bindSection: Section<BindOptions> = {
  extensible: true,
  keys: withCluster<BindOptions>(
    {
      propagation: honoured(
        'mount propagation, as the kernel names it',
        'propagation',
        readOneOf(...propagations),
      ),
      create_host_path: honoured(
        'whether the Engine makes the folder on the device when it is missing; true if left out',
        'createSource',
        readBoolean,
      ),
      selinux: honoured('z (shared) or Z (private) label on the device', 'selinux', readOneOf('z', 'Z')),
      recursive: refused('Docker 20.10 does not know it'),
    },
    clusterBindKeys,
  ),
}

export const volumeUseSection: Section<VolumeOptions> = {
  extensible: true,
  keys: {
    nocopy: honoured(
      'leaves a new volume empty, without what the image has at that path',
      'noCopy',
      readBoolean,
    ),
    labels: honoured('labels of the volume, when it is made', 'labels', readRecord),
    subpath: refused('Docker 20.10 does not know it: mount the whole volume'),
  },
}

export const tmpfsSection: Section<TmpfsOptions> = {
  extensible: true,
  keys: {
    size: honoured('at most this many bytes', 'sizeBytes', readBytes),
    mode: honoured('file mode, octal', 'mode', readFileMode),
  },
}

export const mountSection: Section<LongMount> = {
  extensible: true,
  keys: {
    type: honoured(
      'bind, volume or tmpfs',
      'type',
      readHonoured(['bind', 'volume', 'tmpfs'], {
        pattern: /^(cluster|npipe|image)$/,
        reason: 'a device offers paths, volumes and memory',
      }),
    ),
    source: honoured(
      'absolute path of the device, or the name of a volume; left out, an anonymous volume',
      'source',
      readFilledText,
    ),
    target: honoured('absolute path in the container', 'target', readPattern(/^\//, 'an absolute path')),
    read_only: honoured('the container cannot write there', 'readOnly', readBoolean),
    bind: nested('options of a path, below', 'bind', bindSection),
    volume: nested('options of a volume, below', 'volume', volumeUseSection),
    tmpfs: nested('options of memory, below', 'tmpfs', tmpfsSection),
    consistency: refused('it means nothing on Linux: leave it out'),
    image: refused('Docker 20.10 cannot mount an image'),
  },
}

/** One entry of `volumes`, in either syntax. */
export function readMount(value: Located, findings: Findings): MountUse | undefined {
  const mount = value.kind === 'map' ? readLongMount(value, findings) : readShortMount(value, findings)
  if (mount === undefined) return undefined
  const obstacle = findings.mode === 'cluster' ? whySwarmCannotMount(mount) : undefined
  if (obstacle !== undefined) findings.problem(value.place, obstacle)
  return { mount, place: value.place }
}

function readShortMount(value: Located, findings: Findings): MountUse['mount'] | undefined {
  const text = readText(value, findings)
  if (text === undefined) return undefined
  const parsed = parseMountSpec(text, findings.mode)
  if (parsed.ok) return parsed.mount
  findings.problem(value.place, parsed.problem)
  return undefined
}

function readLongMount(value: LocatedMap, findings: Findings): MountUse['mount'] | undefined {
  const before = findings.problemCount
  const { type, source, target, readOnly = false, ...options } = readSection(mountSection, value, findings)
  for (const missing of ['type', 'target']) {
    if (!value.entries.has(missing)) findings.problem(value.place, `${missing} is missing`)
  }
  for (const other of ['bind', 'volume', 'tmpfs'] as const) {
    if (type !== undefined && other !== type && options[other] !== undefined) {
      findings.problem(placeOf(value, other), `the options of ${other} do not fit the type ${type}`)
    }
  }
  if (type === undefined || target === undefined || findings.problemCount > before) return undefined
  if (type === 'bind') return bindMount({ source, target, readOnly }, options.bind ?? {}, value, findings)
  if (type === 'volume') return volumeUse({ source, target, readOnly }, options.volume ?? {}, value, findings)
  if (source !== undefined) findings.problem(placeOf(value, 'source'), 'memory has no source: leave it out')
  return { kind: 'tmpfs', target, readOnly, sizeBytes: options.tmpfs?.sizeBytes, mode: options.tmpfs?.mode }
}

interface MountBasics {
  readonly source: string | undefined
  readonly target: string
  readonly readOnly: boolean
}

function bindMount(
  { source, target, readOnly }: MountBasics,
  options: Patch<BindOptions>,
  value: LocatedMap,
  findings: Findings,
): BindMount | undefined {
  const { createSource = findings.mode === 'pair', propagation, selinux } = options
  const place = placeOf(value, 'source')
  if (source === undefined) findings.problem(place, 'source is missing: an absolute path of the device')
  else if (isRelative(source)) findings.problem(place, refuseRelative(source, findings.mode))
  else if (!source.startsWith('/')) findings.problem(place, 'expected an absolute path of the device')
  else if (createSource && source.includes(':')) {
    findings.problem(
      place,
      'the Engine cannot make a folder with a colon in its path: set bind.create_host_path to false',
    )
  } else if (!createSource && selinux !== undefined) {
    findings.problem(
      placeOf(value, 'bind', 'selinux'),
      'the Engine labels only what it may make: leave out create_host_path',
    )
  } else return { kind: 'bind', source, target, readOnly, createSource, propagation, selinux }
  return undefined
}

function volumeUse(
  { source, target, readOnly }: MountBasics,
  { noCopy = false, labels = {} }: Patch<VolumeOptions>,
  value: LocatedMap,
  findings: Findings,
): VolumeUse | undefined {
  if (source !== undefined && !isVolumeName(source)) {
    findings.problem(placeOf(value, 'source'), `expected the name of a volume, got ${JSON.stringify(source)}`)
    return undefined
  }
  return { kind: 'volume', source, target, readOnly, noCopy, labels }
}
