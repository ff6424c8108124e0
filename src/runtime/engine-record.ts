// What the Engine keeps of a container and of its image in its own folder: whose container it is, and what its image sets. Only read.
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { OciConfig } from './oci-config.ts'

export interface EngineRecord {
  /** As the Engine calls it: `sensing_climate.1.bvhmcc7yx19x7c3u990vuxq7y`. */
  readonly name: string
  /** Of Swarm; undefined for a container that it did not make. */
  readonly taskId: string | undefined
  /** `sha256:…`, of the image or of its manifest. */
  readonly image: string
  /** The Engine's own: `/var/lib/docker`. */
  readonly dataRoot: string
}

const taskLabel = 'com.docker.swarm.task.id'

/**
 * Undefined where the container is not the Engine's.
 * @throws Error where its record cannot be read
 */
export async function readEngineRecord(
  config: OciConfig,
  containerId: string,
): Promise<EngineRecord | undefined> {
  // The Engine mounts its own hostname, hosts and resolv.conf from the folder in which it has the record.
  const folders = (config.mounts ?? []).map(({ source = '' }) => dirname(source))
  const folder = folders.find(
    (each) => basename(each) === containerId && basename(dirname(each)) === 'containers',
  )
  if (folder === undefined) return undefined
  const record = await readJson<{
    Name?: string
    Image?: string
    Config?: { Labels?: Record<string, string> | null }
  }>(join(folder, 'config.v2.json'))
  if (record === undefined) throw new Error(`the Engine's record in ${folder} cannot be read`)
  return {
    name: (record.Name ?? containerId).replace(/^\//, ''),
    taskId: record.Config?.Labels?.[taskLabel],
    image: record.Image ?? '',
    dataRoot: dirname(dirname(folder)),
  }
}

interface ImageFile {
  readonly config?: { readonly Env?: readonly string[] | null; readonly digest?: string }
  readonly manifests?: readonly {
    readonly digest: string
    readonly platform?: { readonly architecture: string }
  }[]
}

/** The environment that the image itself sets; undefined where the image cannot be read. */
export async function readImageEnv({
  image,
  dataRoot,
}: EngineRecord): Promise<readonly string[] | undefined> {
  const found = await readImageFile(image, dataRoot)
  if (found?.manifests === undefined && found?.config?.digest === undefined) return envOf(found)
  // The Engine may keep its images in containerd's store: an index, manifests, and one configuration for each of them.
  const manifests =
    found.manifests === undefined
      ? [found]
      : await Promise.all(found.manifests.map(({ digest }) => readImageFile(digest, dataRoot)))
  const configs = await Promise.all(
    manifests.flatMap((each) => each?.config?.digest ?? []).map((digest) => readImageFile(digest, dataRoot)),
  )
  const known = configs.flatMap((each) => envOf(each) ?? [])
  return configs.some((each) => each !== undefined) ? known : undefined
}

function envOf(image: ImageFile | undefined): readonly string[] | undefined {
  return image === undefined ? undefined : (image.config?.Env ?? [])
}

async function readImageFile(digest: string, dataRoot: string): Promise<ImageFile | undefined> {
  const [algorithm = '', hex = ''] = digest.split(':')
  if (algorithm !== 'sha256' || !/^[0-9a-f]{64}$/.test(hex)) return undefined
  const drivers = await readdir(join(dataRoot, 'image')).catch(() => [])
  const stores = [
    ...drivers.map((driver) => join(dataRoot, 'image', driver, 'imagedb/content/sha256')),
    join(dataRoot, 'containerd/daemon/io.containerd.content.v1.content/blobs/sha256'),
    '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256',
  ]
  for (const store of stores) {
    const found = await readJson<ImageFile>(join(store, hex))
    if (found !== undefined) return found
  }
  return undefined
}

async function readJson<Content>(file: string): Promise<Content | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Content
  } catch {
    return undefined
  }
}
