// A mount of a service as Swarm's ContainerSpec has it.
import type { Mount } from './application.ts'
import { compact } from './compact.ts'
import { parseByteSize } from './compose/syntax/byte-size.ts'

export function renderSwarmMount(mount: Mount): object {
  const basics = { Target: mount.target, ...(mount.readOnly ? { ReadOnly: true } : {}) }
  if (mount.kind === 'bind') {
    const { propagation } = mount
    return {
      Type: 'bind',
      Source: mount.source,
      ...basics,
      ...(propagation === undefined ? {} : { BindOptions: { Propagation: propagation } }),
    }
  }
  if (mount.kind === 'tmpfs') {
    const { sizeBytes, mode } = mount
    return {
      Type: 'tmpfs',
      ...basics,
      TmpfsOptions: {
        ...(sizeBytes === undefined ? {} : { SizeBytes: sizeBytes }),
        ...(mode === undefined ? {} : { Mode: mode }),
      },
    }
  }
  const hasDriver = mount.driver !== undefined || Object.keys(mount.driverOptions).length > 0
  return {
    Type: 'volume',
    ...(mount.source === undefined ? {} : { Source: mount.source }),
    ...basics,
    VolumeOptions: {
      NoCopy: mount.noCopy,
      Labels: mount.labels,
      ...(hasDriver ? { DriverConfig: { Name: mount.driver ?? 'local', Options: mount.driverOptions } } : {}),
    },
  }
}

/**
 * Memory as a folder.
 * @param options `size=64m,mode=1777`, or nothing
 */
export function renderSwarmMemory(target: string, options: string): object {
  const given = new Map(
    options.split(',').map((option): readonly [string, string] => {
      const [name = '', value = ''] = option.split('=', 2)
      return [name, value]
    }),
  )
  const size = given.get('size')
  const mode = given.get('mode')
  return {
    Type: 'tmpfs',
    Target: target,
    TmpfsOptions: compact({
      SizeBytes: size === undefined ? undefined : parseByteSize(size),
      Mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
    }),
  }
}
