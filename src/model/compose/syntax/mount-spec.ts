// The short syntax of volumes: `[SOURCE:]TARGET[:OPTIONS]`.
import type { BindMount, VolumeMount } from '../../application.ts'
import type { Mode } from '../findings.ts'

/** A volume by its key under the file's `volumes`; its name and driver are found there. */
export type VolumeUse = Pick<VolumeMount, 'kind' | 'source' | 'target' | 'readOnly' | 'noCopy' | 'labels'>

export type ParsedMount =
  | { readonly ok: true; readonly mount: BindMount | VolumeUse }
  | { readonly ok: false; readonly problem: string }

export const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'] as const

/** What a relative source would mean: files that are not carried over. */
export function refuseRelative(source: string, mode: Mode): string {
  const machine = mode === 'pair' ? 'device' : 'node'
  const instead = `a path from here does not exist on the ${machine}: give an absolute path of the ${machine}, or a named volume`
  return `${mode} mode does not honour the source ${source}: ${instead}`
}

/**
 * A path of the device, a named volume, or with the target alone an anonymous volume.
 * @see Compose specification, services, "volumes", short syntax
 */
export function parseMountSpec(text: string, mode: Mode = 'pair'): ParsedMount {
  const parts = text.split(':')
  const [first = '', second, third] = parts
  const form = '[SOURCE:]TARGET[:OPTIONS]'
  if (parts.length > 3)
    return wrong(`expected ${form}, got ${JSON.stringify(text)}; a path with a colon needs the map form`)
  const source = second === undefined ? undefined : first
  const target = second ?? first
  if (source !== undefined && isRelative(source)) return wrong(refuseRelative(source, mode))
  if (!target.startsWith('/'))
    return wrong(`expected an absolute path in the container, got ${JSON.stringify(target)}`)
  const options = parseOptions(third, text)
  if (!options.ok) return options
  const { readOnly, noCopy, selinux, propagation } = options
  if (source?.startsWith('/') === true) {
    if (noCopy) return wrong('nocopy is for volumes, and the source is a path')
    return {
      ok: true,
      mount: { kind: 'bind', source, target, readOnly, createSource: mode === 'pair', propagation, selinux },
    }
  }
  if (source !== undefined && !isVolumeName(source))
    return wrong(`expected an absolute path or the name of a volume, got ${JSON.stringify(source)}`)
  if (selinux !== undefined || propagation !== undefined) {
    return wrong(`${selinux ?? propagation} is for paths, and the source is a volume`)
  }
  return { ok: true, mount: { kind: 'volume', source, target, readOnly, noCopy, labels: {} } }
}

export function isRelative(source: string): boolean {
  return /^(\.|~)/.test(source)
}

export function isVolumeName(source: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(source)
}

type Options =
  | { readonly ok: false; readonly problem: string }
  | {
      readonly ok: true
      readonly readOnly: boolean
      readonly noCopy: boolean
      readonly selinux: 'z' | 'Z' | undefined
      readonly propagation: string | undefined
    }

function parseOptions(text: string | undefined, whole: string): Options {
  let readOnly = false
  let noCopy = false
  let selinux: 'z' | 'Z' | undefined
  let propagation: string | undefined
  for (const option of text === undefined ? [] : text.split(',')) {
    if (option === 'ro') readOnly = true
    else if (option === 'nocopy') noCopy = true
    else if (option === 'z' || option === 'Z') selinux = option
    else if (propagations.some((known) => known === option)) propagation = option
    else if (option !== 'rw') {
      const known = ['ro', 'rw', 'z', 'Z', 'nocopy', ...propagations].join(', ')
      return {
        ok: false,
        problem: `expected one of ${known} behind the paths, got ${JSON.stringify(option)} in ${JSON.stringify(whole)}`,
      }
    }
  }
  return { ok: true, readOnly, noCopy, selinux, propagation }
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
