// Brings an image to a device that lacks it: from the image store, else from this machine's Engine, else the device pulls it.
import { Readable } from 'node:stream'
import { Engine } from '../engine/engine.ts'
import type { OnProgress } from '../engine/images.ts'
import { isArchitecture } from '../image/architecture.ts'
import type { ImageStore } from '../image/image-store.ts'
import { type ErrorCode, ShoalError } from '../model/errors.ts'
import type { Device } from './device.ts'
import type { BringImage } from './plan-activation.ts'

export interface ImageSources {
  readonly store: ImageStore
  /** Of this machine's Engine, which may not run. */
  readonly localEngineSocket: string
}

export interface BringOptions {
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** Images of Shoal's own services: no registry has them, so the device need not look for them. */
const ownPrefix = 'shoal/'

/** Throws ShoalError IMAGE_UNKNOWN when nobody has it, and whatever the device's Engine refuses. */
export async function bringImage(
  device: Device,
  step: BringImage,
  sources: ImageSources,
  options: BringOptions,
): Promise<void> {
  if (step.from === 'store') return sendFromStore(device, step, sources.store, options)
  if (await sendFromLocalEngine(device, step, sources.localEngineSocket, options)) return
  await letPull(device, step, options)
}

async function sendFromStore(
  device: Device,
  step: BringImage,
  store: ImageStore,
  { signal, onProgress }: BringOptions,
): Promise<void> {
  const { architecture } = await device.engine.version({ signal })
  const image = isArchitecture(architecture) ? await store.find(step.reference, architecture) : undefined
  const all = await store.list()
  if (image === undefined) {
    const others = all
      .filter(({ reference }) => reference === step.reference)
      .map((each) => each.architecture)
    throw new ShoalError('IMAGE_UNKNOWN', {
      ...subject(device, step),
      reason: `the device is ${architecture}, and the image was built for ${others.join(' and ')} only`,
      nextStep: buildCommand(step.reference, ` --arch ${architecture}`),
    })
  }
  const { loadImage } = await import('../image/load-image.ts')
  await loadImage(image, device.engine.images, {
    signal,
    relatives: all.map(({ reference }) => reference),
    onProgress,
  })
}

/** @returns whether it was there to be sent. */
async function sendFromLocalEngine(
  device: Device,
  step: BringImage,
  socketPath: string,
  { signal, onProgress }: BringOptions,
): Promise<boolean> {
  const local = new Engine({ socketPath, place: 'this machine' })
  try {
    const image = await local.images.inspect(step.reference, { signal }).catch((error: unknown) => {
      if (error instanceof ShoalError && (error.code === 'ENGINE_ABSENT' || error.code === 'ENGINE_DENIED'))
        return undefined
      throw error
    })
    if (image === undefined) return false
    const { architecture } = await device.engine.version({ signal })
    if (image.architecture !== architecture) return false
    await local.images.save(
      step.reference,
      async (archive) => {
        const counted = Readable.from(
          count(archive, (done) => onProgress(Math.min(done, image.sizeBytes), image.sizeBytes)),
        )
        await device.engine.images.load(step.reference, counted, { signal })
      },
      { signal },
    )
    return true
  } finally {
    local.close()
  }
}

/** Of a registry that does not have it, or that cannot be asked. */
const pullFailures: readonly ErrorCode[] = [
  'ENGINE_REFUSED',
  'ENGINE_TIMEOUT',
  'IMAGE_UNKNOWN',
  'REGISTRY_DENIED',
  'REGISTRY_UNREACHABLE',
]

async function letPull(
  device: Device,
  step: BringImage,
  { signal, onProgress }: BringOptions,
): Promise<void> {
  const nowhere =
    'it is not on the device, not in the image store, and not in the Docker Engine of this machine'
  if (step.reference.startsWith(ownPrefix)) {
    throw new ShoalError('IMAGE_UNKNOWN', {
      ...subject(device, step),
      reason: nowhere,
      nextStep: buildCommand(step.reference),
    })
  }
  try {
    await device.engine.images.pull(step.reference, { platform: step.platform, onProgress, signal })
  } catch (error) {
    if (!(error instanceof ShoalError) || !pullFailures.includes(error.code)) throw error
    throw new ShoalError('IMAGE_UNKNOWN', {
      ...subject(device, step),
      reason: `${nowhere}; and the device could not pull it: ${error.reason}`,
      nextStep: `check the name; or docker pull ${step.reference} on this machine, and it is sent from here`,
      cause: error,
    })
  }
}

function subject(device: Device, { reference }: BringImage) {
  return { action: 'bring', object: `image ${reference}`, place: device.label }
}

/** `shoal/compute:0.1.0` is built by `shoal image build compute`. */
function buildCommand(reference: string, options = ''): string {
  return `shoal image build ${reference.slice(ownPrefix.length).replace(/[:@].*$/, '')}${options}`
}

async function* count(archive: Readable, onBytes: (done: number) => void): AsyncGenerator<Buffer> {
  let done = 0
  for await (const chunk of archive as AsyncIterable<Buffer>) {
    yield chunk
    done += chunk.length
    onBytes(done)
  }
}
