// What an Engine and a registry are told of an image: its OCI config and manifest (image-spec 1.1).
import type { Architecture } from './architecture.ts'
import { serviceUser } from './runtime-layer.ts'
import type { StoredFile, StoredLayer } from './stored-image.ts'

export interface ImageDescription {
  /** `compute` */
  readonly service: string
  /** `0.1.0` */
  readonly version: string
  readonly architecture: Architecture
  readonly layers: readonly StoredLayer[]
}

/** The UDP port that every service answers CoAP on, inside its container. */
const coapPort = 5683
/** Images are made of inputs, not of moments: the same inputs give the same image. */
const created = '1970-01-01T00:00:00Z'

export function imageConfig({ service, version, architecture, layers }: ImageDescription): object {
  return {
    created,
    architecture,
    os: 'linux',
    config: {
      User: `${serviceUser}:${serviceUser}`,
      ExposedPorts: { [`${coapPort}/udp`]: {} },
      Env: ['PATH=/usr/bin', `SHOAL_COAP_PORT=${coapPort}`],
      Entrypoint: ['/usr/bin/node', '/app/main.cjs'],
      WorkingDir: '/app',
      StopSignal: 'SIGTERM',
      Labels: {
        'org.opencontainers.image.title': `shoal/${service}`,
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ title }) => ({ created, created_by: `shoal image build: ${title}` })),
  }
}

export function imageManifest(config: StoredFile, layers: readonly StoredLayer[]): object {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: config.digest,
      size: config.bytes,
    },
    layers: layers.map(({ digest, compressedBytes }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest,
      size: compressedBytes,
    })),
  }
}
