// The name of a container image: registry, repository, tag, digest.

export interface ImageReference {
  /** `docker.io` where the text names none. */
  readonly registry: string
  /** `library/redis` where the text says `redis` and no registry. */
  readonly repository: string
  /** `latest` where the text has neither tag nor digest. */
  readonly tag: string | undefined
  /** `sha256:…` */
  readonly digest: string | undefined
}

export type ParsedImageReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly problem: string }

const defaultRegistry = 'docker.io'
const officialPrefix = 'library/'

/**
 * Parses a reference and fills in what Docker fills in.
 * @see github.com/distribution/reference: the grammar, and "normalized named"
 */
export function parseImageReference(text: string): ParsedImageReference {
  const wrong = (problem: string): ParsedImageReference => ({
    ok: false,
    problem: `${problem}, got ${JSON.stringify(text)}`,
  })
  if (text === '') return { ok: false, problem: 'expected the name of an image, got an empty text' }
  if (/^[0-9a-f]{64}$/.test(text)) return wrong('expected the name of an image and not its ID')
  const [name, digest] = cut(text, '@')
  if (
    digest !== undefined &&
    !/^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/.test(digest)
  ) {
    return wrong('expected a digest such as sha256:… behind @')
  }
  const slash = name.indexOf('/')
  const head = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry = /[.:]/.test(head) || head === 'localhost' || head !== head.toLowerCase()
  const [path, tag] = cut(hasRegistry ? name.slice(slash + 1) : name, ':')
  if (hasRegistry && !isRegistry(head)) return wrong('expected a registry HOST[:PORT] before the first /')
  if (path !== path.toLowerCase()) return wrong('expected small letters in the name of an image')
  if (!isRepository(path)) return wrong('expected a repository of small letters, digits and . _ - between /')
  if (path.length > 255) return wrong('expected at most 255 characters in a repository')
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))
    return wrong('expected a tag of letters, digits, _ . - behind :')
  const registry = !hasRegistry || head === 'index.docker.io' ? defaultRegistry : head
  const official = registry === defaultRegistry && !path.includes('/')
  const repository = official ? `${officialPrefix}${path}` : path
  return {
    ok: true,
    reference: { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest },
  }
}

/** In full: `docker.io/library/redis:latest`. */
export function renderImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${suffix(tag, digest)}`
}

/** As Docker shows it, and as the Engine lists it under `RepoTags`: `redis:latest`. */
export function familiarImageName({ registry, repository, tag, digest }: ImageReference): string {
  const official = registry === defaultRegistry && repository.startsWith(officialPrefix)
  const short = official ? repository.slice(officialPrefix.length) : repository
  const place = registry === defaultRegistry ? '' : `${registry}/`
  return `${place}${short}${suffix(tag, digest)}`
}

function suffix(tag: string | undefined, digest: string | undefined): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

function isRegistry(text: string): boolean {
  const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
  return new RegExp(String.raw`^(?:${label}(?:\.${label})*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$`).test(text)
}

function isRepository(path: string): boolean {
  return path.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part))
}

/** `[before, after]` the first separator; nothing after it when there is none. */
function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
