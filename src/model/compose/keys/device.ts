// The key `devices` of a service: device files of the machine, given to the container.
import type { DeviceMapping } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { readPattern, readText } from '../read-value.ts'
import { honoured, readSection, type Section } from '../section.ts'

interface LongDevice {
  readonly source: string
  readonly target: string
  readonly permissions: string
}

const readDevicePath = readPattern(/^\/[^\0]+$/, 'an absolute path')
const permissions = /^(?!.*(.).*\1)[rwm]{1,3}$/

export const deviceSection: Section<LongDevice> = {
  extensible: true,
  keys: {
    source: honoured('path on the device; needed where the path has a colon', 'source', readDevicePath),
    target: honoured('path in the container; left out, the same', 'target', readDevicePath),
    permissions: honoured(
      'some of r (read), w (write), m (mknod); left out, rwm',
      'permissions',
      readPattern(permissions, 'some of the letters r, w, m'),
    ),
  },
}

/**
 * `SOURCE[:TARGET][:PERMISSIONS]`, or the map.
 * @see Compose specification, services, "devices"
 */
export function readDevice(value: Located, findings: Findings): DeviceMapping | undefined {
  if (value.kind === 'map') return readLongDevice(value, findings)
  const text = readText(value, findings)
  if (text === undefined) return undefined
  const parts = text.split(':')
  const source = parts[0] ?? ''
  const rest = parts.slice(1)
  const last = rest.at(-1)
  const rights = last !== undefined && permissions.test(last) ? rest.pop() : undefined
  const target = rest.length === 0 ? source : rest.shift()
  if (!source.startsWith('/') && /^[\w.-]+\/[\w.-]+=/.test(source)) {
    findings.problem(
      value.place,
      `${findings.mode} mode does not honour the names of the Container Device Interface: give the path of the device file`,
    )
  } else if (rest.length > 0 || !isPath(source) || !isPath(target)) {
    const want = 'SOURCE[:TARGET][:PERMISSIONS] with absolute paths and some of r, w, m'
    findings.problem(
      value.place,
      `expected ${want}, got ${JSON.stringify(text)}; a path with a colon needs the map form`,
    )
  } else {
    return { pathOnHost: source, pathInContainer: target, permissions: rights ?? 'rwm' }
  }
  return undefined
}

function readLongDevice(value: Located, findings: Findings): DeviceMapping | undefined {
  const before = findings.problemCount
  const { source, target = source, permissions: rights = 'rwm' } = readSection(deviceSection, value, findings)
  if (findings.problemCount > before) return undefined
  if (source === undefined || target === undefined) {
    findings.problem(value.place, 'source is missing: the path of the device file')
    return undefined
  }
  return { pathOnHost: source, pathInContainer: target, permissions: rights }
}

function isPath(text: string | undefined): text is string {
  return text?.startsWith('/') === true && text.length > 1
}
