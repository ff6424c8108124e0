// What Swarm carries of a mount, and what it does not.
import type { BindMount, TmpfsMount } from '../../../application.ts'
import { readBoolean } from '../../read-value.ts'
import { honoured, type Rule, refused } from '../../section.ts'
import type { VolumeUse } from '../../syntax/mount-spec.ts'

const noLabel = 'Swarm does not carry labels of SELinux'

export const clusterBindKeys: Readonly<Record<string, Rule<{ readonly createSource: boolean }>>> = {
  create_host_path: honoured(
    'false only, which holds as well if it is left out: Swarm makes no folder on a node, and an instance does not start where the path is missing',
    'createSource',
    (value, findings) => {
      const wanted = readBoolean(value, findings)
      if (wanted === true)
        findings.problem(value.place, 'Swarm makes no folder on a node: make it there, or use a named volume')
      return wanted
    },
  ),
  selinux: refused(`${noLabel}: label the folder on the node, or use a named volume`),
}

export function whySwarmCannotMount(mount: BindMount | VolumeUse | TmpfsMount): string | undefined {
  return mount.kind === 'bind' && mount.selinux !== undefined
    ? `cluster mode does not honour ${mount.selinux} behind the paths: ${noLabel}`
    : undefined
}

/**
 * Of the options of memory Swarm carries size and mode.
 * @param options as `tmpfs: PATH:OPTIONS` has them: `size=64m,mode=1777`
 * @returns what is wrong with them, or undefined
 */
export function whySwarmCannotMountMemory(options: string): string | undefined {
  for (const option of options === '' ? [] : options.split(',')) {
    const fits = /^(size=\d+[kmg]?|mode=[0-7]{3,4})$/i.test(option)
    if (!fits)
      return `cluster mode does not honour the option ${option}: Swarm carries size=64m and mode=1777 alone`
  }
  return undefined
}
