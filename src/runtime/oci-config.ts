// A bundle's config.json, as far as the device runtime reads it; the rest goes through as it came, its numbers digit by digit.

/** https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md, and config-linux.md */
export interface OciConfig {
  readonly process?: {
    readonly env?: readonly string[]
    readonly user?: { readonly uid?: number; readonly gid?: number }
  }
  readonly mounts?: readonly OciMount[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly linux?: {
    readonly devices?: readonly OciDevice[]
    readonly resources?: { readonly devices?: readonly OciDeviceRule[] }
  }
}

export interface OciMount {
  readonly destination: string
  readonly type?: string
  readonly source?: string
  readonly options?: readonly string[]
}

export interface OciDevice {
  readonly path: string
  readonly type: string
  readonly major: number
  readonly minor: number
  /** Mode bits. */
  readonly fileMode?: number
  readonly uid?: number
  readonly gid?: number
}

/** Of the devices cgroup; runc turns it into a rule of version 1 or a BPF program of version 2. */
export interface OciDeviceRule {
  readonly allow: boolean
  readonly type?: string
  readonly major?: number
  readonly minor?: number
  /** Some of `r`, `w`, `m`. */
  readonly access?: string
}

/** TypeScript 6 has no types for it yet: https://github.com/tc39/proposal-json-parse-with-source */
const json = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
}

/**
 * Limits reach 2^64 - 1, which no number of JavaScript holds: such stay text.
 * @throws SyntaxError
 */
export function parseOciConfig(text: string): OciConfig {
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined
      ? json.rawJSON(source)
      : value,
  ) as OciConfig
}

export function renderOciConfig(config: OciConfig): string {
  return JSON.stringify(config)
}

/** The last one counts, as for whoever reads its environment. Undefined where it is not set. */
export function readVariable(env: readonly string[], name: string): string | undefined {
  return env.findLast((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1)
}
