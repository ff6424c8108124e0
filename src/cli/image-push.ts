// `shoal image push`: brings images of this machine into the registry of the manager, before anybody deploys them.
import { ImageStore } from '../image/image-store.ts'
import { RegistryClient } from '../image/registry-client.ts'
import { type ResolvedImage, resolveImage } from '../image/resolve-image.ts'
import { ShoalError } from '../model/errors.ts'
import { imageStoreFolder } from './image-store-folder.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import { locateManager, type ManagerOptions } from './locate-manager.ts'
import { printJson } from './manager-option.ts'
import { Progress } from './progress.ts'
import { type PushedLocal, pushLocalImages } from './push-local-images.ts'

export interface PushOptions extends ManagerOptions {
  readonly store?: string
  readonly json?: true
}

interface Pushed {
  readonly reference: string
  readonly state: 'sent' | 'there already'
  readonly there: ResolvedImage
}

/** Throws ShoalError IMAGE_UNKNOWN, REGISTRY_DOWN, PUSH_FAILED, and what finding the manager throws. */
export async function pushImages(io: Io, references: readonly string[], options: PushOptions): Promise<void> {
  const { httpUrl } = await locateManager(io, options)
  const client = new RegistryClient({ baseUrl: httpUrl })
  const store = new ImageStore({ folder: imageStoreFolder(io.env, options.store) })
  const progress = new Progress(io)
  const pushed: Pushed[] = []
  try {
    for (const reference of new Set(references)) {
      const doing = `${reference}: send to the registry of the manager`
      const [sent] = await pushLocalImages(
        [reference],
        { store, engineSocket: localEngineSocket(io.env) },
        {
          managerUrl: httpUrl,
          signal: io.signal,
          dryRun: false,
          onStart: () => progress.show(reference, doing),
          onProgress: (_, doneBytes, totalBytes) =>
            progress.show(reference, doing, { doneBytes, totalBytes }),
          onWarning: (text) => progress.say(`warning: ${text}`),
        },
      )
      const there = await resolveImage(reference, client, io.signal)
      if (there === undefined) throw await unknownImage(reference, store)
      const one = { reference, state: stateOf(sent), there }
      pushed.push(one)
      progress.clear()
      if (!options.json) io.out(`${renderPushed(one)}\n`)
    }
  } finally {
    progress.clear()
  }
  if (options.json)
    printJson(io, {
      manager: httpUrl,
      images: pushed.map(({ reference, state, there }) => ({ reference, state, ...there })),
    })
}

function stateOf(sent: PushedLocal | undefined): Pushed['state'] {
  return sent === undefined ? 'there already' : 'sent'
}

/** The registry has none after the push: so this machine has none. */
async function unknownImage(reference: string, store: ImageStore): Promise<ShoalError> {
  const known = [...new Set((await store.list()).map((image) => image.reference))]
  const inStore = known.length === 0 ? 'which is empty' : `which has ${known.join(', ')}`
  return new ShoalError('IMAGE_UNKNOWN', {
    action: 'push',
    object: `image ${reference}`,
    reason: `it is neither in the image store ${store.folder}, ${inStore}, nor in the Docker Engine of this machine`,
    nextStep: reference.includes('@')
      ? 'name it by its tag: a digest cannot be given to an image'
      : 'name it as shoal image ls or docker image ls does; shoal image build NAME builds one of Shoal’s own',
  })
}

function renderPushed({ reference, state, there }: Pushed): string {
  const platforms = there.platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(', ')
  return `${reference} ${state} (${platforms}): ${there.repository}@${there.digest}`
}
