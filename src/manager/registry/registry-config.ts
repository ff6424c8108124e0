// The configuration of Distribution, the private registry: TLS, one user, images in a folder.
import { stringify } from 'yaml'

export interface RegistrySettings {
  /** Of images. */
  readonly folder: string
  readonly port: number
  readonly certificateFile: string
  readonly keyFile: string
  readonly passwordFile: string
  /** Uploads in parts are signed with it. */
  readonly secret: string
}

/** @see https://distribution.github.io/distribution/about/configuration */
export function renderRegistryConfig(settings: RegistrySettings): string {
  return stringify({
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: settings.folder },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: true },
    },
    http: {
      addr: `:${settings.port}`,
      secret: settings.secret,
      // Without it a push that goes through the manager’s HTTP port would be sent on to the TLS port.
      relativeurls: true,
      tls: { certificate: settings.certificateFile, key: settings.keyFile, minimumtls: 'tls1.2' },
    },
    auth: { htpasswd: { realm: 'shoal', path: settings.passwordFile } },
  })
}
