// How an Engine is told whom to be when it asks a registry.

/** Of one registry. */
export interface RegistryAuth {
  readonly username: string
  readonly password: string
  /** `10.77.0.1:5000` */
  readonly serveraddress: string
}

/**
 * The header that carries it: base64url of JSON, Engine API "Authentication". With its padding: an Engine that misses it goes on without
 * the password, and says nothing of it (moby, api/server/router/image/image_routes.go).
 */
export function registryAuthHeaders(auth: RegistryAuth | undefined): Readonly<Record<string, string>> {
  if (auth === undefined) return {}
  const text = Buffer.from(JSON.stringify(auth)).toString('base64')
  return { 'X-Registry-Auth': text.replaceAll('+', '-').replaceAll('/', '_') }
}
