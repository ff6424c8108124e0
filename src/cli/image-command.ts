// `shoal image`: builds the images of the services, lists them, and pushes images to a cluster.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { Engine } from '../engine/engine.ts'
import { type Architecture, architectureOf, architectures } from '../image/architecture.ts'
import { type BuildResult, ImageBuilder } from '../image/image-builder.ts'
import { ImageStore } from '../image/image-store.ts'
import { loadImage } from '../image/load-image.ts'
import type { StoredImage } from '../image/stored-image.ts'
import { type ErrorCode, ShoalError } from '../model/errors.ts'
import type { PushOptions } from './image-push.ts'
import { imageStoreFolder } from './image-store-folder.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import { withManager } from './manager-option.ts'
import { Progress } from './progress.ts'
import { type Column, renderTable } from './table.ts'

interface BuildOptions {
  readonly arch?: Architecture
  readonly store?: string
  readonly load: boolean
  readonly json?: true
}

interface ListOptions {
  readonly store?: string
  readonly json?: true
}

/** What became of an image at the Engine of this machine. */
type Loaded =
  | 'sent'
  | 'there already'
  | 'not asked for'
  | 'none runs'
  | 'not allowed'
  | 'another architecture'

const engineRefusals: Readonly<Partial<Record<ErrorCode, Loaded>>> = {
  ENGINE_ABSENT: 'none runs',
  ENGINE_DENIED: 'not allowed',
}

export function imageCommand(io: Io): Command {
  const command = new Command('image').description(
    'builds the images of the services, lists them, and pushes images to a cluster',
  )
  const storeOption = (): Option =>
    new Option('--store <folder>', 'where images are kept (default: SHOAL_IMAGES, else the data folder)')
  command
    .command('build')
    .description(
      'builds the images of services, and gives them to the Docker Engine of this machine if there is one',
    )
    .argument('<name...>', 'services, as their folders in services/ are called')
    .addOption(
      new Option('--arch <architecture>', "default: this machine's").choices(Object.keys(architectures)),
    )
    .addOption(storeOption())
    .option('--no-load', 'do not give them to the Engine')
    .option('--json', 'print what was built as JSON')
    .action((names: string[], options: BuildOptions) => build(io, names, options))
  command
    .command('ls')
    .description('lists the images that have been built')
    .addOption(storeOption())
    .option('--json', 'print them as JSON')
    .action((options: ListOptions) => list(io, options))
  withManager(command.command('push'))
    .description(
      'sends images of the image store, or of the Docker Engine of this machine, to the registry of a manager',
    )
    .argument('<image...>', 'as shoal image ls or docker image ls calls them')
    .addOption(storeOption())
    .option('--json', 'print what is in the registry now as JSON')
    .action(async (images: string[], options: PushOptions) => {
      const { pushImages } = await import('./image-push.ts')
      await pushImages(io, images, options)
    })
  return command
}

async function build(io: Io, names: readonly string[], options: BuildOptions): Promise<void> {
  const folder = imageStoreFolder(io.env, options.store)
  const store = new ImageStore({ folder })
  const builder = new ImageBuilder({ store, ...projectSources(folder) })
  const progress = new Progress(io)
  const built: { result: BuildResult; loaded: Loaded }[] = []
  try {
    for (const service of new Set(names)) {
      const result = await builder.build({
        service,
        architecture: options.arch ?? ownArchitecture(),
        signal: io.signal,
        onProgress: ({ doing, transfer }) => progress.show(service, `${service}: ${doing}`, transfer),
      })
      const loaded = options.load ? await giveToEngine(io, store, result.image, progress) : 'not asked for'
      built.push({ result, loaded })
      progress.clear()
      if (options.json === undefined) io.out(`${renderBuilt(result, loaded, folder)}\n`)
    }
  } catch (error) {
    progress.clear()
    if (!io.signal.aborted) throw error
    throw new ShoalError('INTERRUPTED', {
      action: 'build',
      object: `images ${names.join(', ')}`,
      reason: 'stopped; what was not finished has left nothing',
      cause: error,
    })
  }
  if (options.json) {
    const images = built.map(({ result, loaded }) => ({
      ...describe(result.image),
      isNew: result.isNew,
      engine: loaded,
    }))
    io.out(`${JSON.stringify({ store: folder, images }, undefined, 2)}\n`)
  }
}

async function list(io: Io, options: ListOptions): Promise<void> {
  const folder = imageStoreFolder(io.env, options.store)
  const images = await new ImageStore({ folder }).list()
  if (options.json) {
    io.out(`${JSON.stringify({ store: folder, images: images.map(describe) }, undefined, 2)}\n`)
    return
  }
  io.out(renderTable(columns, images))
}

const columns: readonly Column<StoredImage>[] = [
  { title: 'IMAGE', cell: ({ reference }) => reference },
  { title: 'ARCH', cell: ({ architecture }) => architecture },
  { title: 'ID', cell: ({ imageId }) => shortId(imageId) },
  { title: 'COMPRESSED', cell: (image) => megabytes(compressedBytes(image)), align: 'right' },
  { title: 'UNPACKED', cell: (image) => megabytes(uncompressedBytes(image)), align: 'right' },
]

/** The checkout that this file is part of: its services, its Node packages, its version. */
function projectSources(storeFolder: string) {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
    optionalDependencies: Record<string, string>
  }
  const extraNodeFolder = join(storeFolder, 'runtime')
  return {
    root,
    version,
    services: join(root, 'services'),
    runtime: {
      nodeVersion: optionalDependencies[architectures.amd64.nodePackage] ?? '',
      nodeModules: [join(root, 'node_modules'), join(extraNodeFolder, 'node_modules')],
      extraNodeFolder,
    },
  }
}

function ownArchitecture(): Architecture {
  const own = architectureOf(process.arch)
  if (own !== undefined) return own
  throw new ShoalError('USAGE', {
    action: 'build',
    object: 'images',
    reason: `this machine's architecture (${process.arch}) is none that images are built for`,
    nextStep: `name one: --arch ${Object.keys(architectures).join(' or --arch ')}`,
  })
}

async function giveToEngine(
  io: Io,
  store: ImageStore,
  image: StoredImage,
  progress: Progress,
): Promise<Loaded> {
  const engine = new Engine({ socketPath: localEngineSocket(io.env), place: 'this machine' })
  try {
    const version = await engine.version({ signal: io.signal })
    if (version.architecture !== image.architecture) return 'another architecture'
    const { sentBytes } = await loadImage(image, engine.images, {
      signal: io.signal,
      relatives: (await store.list()).map(({ reference }) => reference),
      onProgress: (doneBytes, totalBytes) =>
        progress.show(image.reference, `${image.reference}: send to the Engine of this machine`, {
          doneBytes,
          totalBytes,
        }),
    })
    return sentBytes > 0 ? 'sent' : 'there already'
  } catch (error) {
    const refusal = error instanceof ShoalError ? engineRefusals[error.code] : undefined
    if (refusal === undefined) throw error
    return refusal
  } finally {
    engine.close()
  }
}

function renderBuilt({ image, isNew }: BuildResult, loaded: Loaded, folder: string): string {
  const sizes = `${megabytes(compressedBytes(image))} (${megabytes(uncompressedBytes(image))} unpacked)`
  const state = isNew ? 'built' : 'unchanged'
  return `${image.reference} ${image.architecture} ${state}: ${sizes}, ${image.imageId}, in ${folder}; Engine: ${loaded}`
}

function describe(image: StoredImage) {
  const { reference, architecture, imageId, manifest, layers } = image
  return {
    reference,
    architecture,
    imageId,
    digest: manifest.digest,
    compressedBytes: compressedBytes(image),
    uncompressedBytes: uncompressedBytes(image),
    layers: layers.map(({ title, diffId, digest, ...layer }) => ({
      title,
      diffId,
      digest,
      compressedBytes: layer.compressedBytes,
      uncompressedBytes: layer.uncompressedBytes,
    })),
  }
}

function compressedBytes(image: StoredImage): number {
  return image.layers.reduce((sum, layer) => sum + layer.compressedBytes, 0)
}

function uncompressedBytes(image: StoredImage): number {
  return image.layers.reduce((sum, layer) => sum + layer.uncompressedBytes, 0)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function shortId(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
