// Whether an image was built for what a node is.
import type { ClusterNode } from '../model/cluster/node.ts'
import type { Requirements } from './requirements.ts'

type Platform = Requirements['platforms'][number]

export function whyForeign({ platforms, image }: Requirements, node: ClusterNode): string[] {
  const own = { os: node.os, architecture: node.machine ?? node.architecture }
  if (platforms.length === 0 || platforms.some((platform) => fits(platform, own))) return []
  return [
    `is ${renderPlatform(own)}: the image ${image} has ${platforms.map(renderPlatform).join(', ')} only`,
  ]
}

function fits(image: Platform, node: Platform): boolean {
  return (
    (image.os === '' || image.os === node.os) &&
    (image.architecture === '' || sameName(image.architecture) === sameName(node.architecture))
  )
}

/** Swarm takes just these two for the same in both spellings: `arm` in an image is no node's `armv7l`. */
function sameName(architecture: string): string {
  if (architecture === 'x86_64') return 'amd64'
  return architecture === 'aarch64' ? 'arm64' : architecture
}

function renderPlatform({ os, architecture }: Platform): string {
  return `${os === '' ? 'any' : os}/${architecture === '' ? 'any' : sameName(architecture)}`
}
