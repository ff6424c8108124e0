// The platforms of a node that may run an image, in the words that Swarm compares.

export interface ImagePlatform {
  readonly os: string
  /** As images name it: `amd64`, `arm64`, `arm`. */
  readonly architecture: string
}

/**
 * Swarm takes `amd64` for x86_64 and `arm64` for aarch64, and boards of 32 bits by their kernel's word alone. A board of 64 bits runs what
 * was built for 32, where there is nothing better.
 */
const kernelNames: Readonly<Record<string, readonly string[]>> = { arm: ['armv7l', 'armv6l', 'armv8l'] }
const alsoRunsArm = 'arm64'

/**
 * @param wanted `linux/arm64`, as the key `platform` has it: narrows what the image offers
 * @param image what the image was built for; nothing where nobody knows
 * @returns nothing where every node will do
 */
export function renderPlatforms(
  wanted: string | undefined,
  image: readonly ImagePlatform[],
): readonly { readonly OS: string; readonly Architecture?: string }[] {
  const offered =
    wanted === undefined
      ? [...image, ...(image.some(({ architecture }) => architecture === 'arm') ? [arm64Linux] : [])]
      : narrowed(wanted, image)
  const rendered = offered.flatMap(({ os, architecture }) =>
    (kernelNames[architecture] ?? [architecture]).map((name) =>
      name === '' ? { OS: os } : { OS: os, Architecture: name },
    ),
  )
  const distinct = new Map(rendered.map((platform) => [JSON.stringify(platform), platform]))
  return [...distinct.values()]
}

const arm64Linux: ImagePlatform = { os: 'linux', architecture: alsoRunsArm }

/** Where the image has none of the kind, a node of it is asked for all the same: its Engine then says what is missing. */
function narrowed(wanted: string, image: readonly ImagePlatform[]): readonly ImagePlatform[] {
  const [os = '', architecture = ''] = wanted.split('/')
  const fitting = image.filter(
    (platform) => platform.os === os && (architecture === '' || platform.architecture === architecture),
  )
  return fitting.length > 0 ? fitting : [{ os, architecture }]
}
