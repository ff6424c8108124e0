// Names of processors: the kernel's, which Engines and Swarm report, as Go's, which images and everything else here use.

const goNames: Readonly<Record<string, string>> = Object.freeze({
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv8l: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
  i686: '386',
})

/** `x86_64` as `amd64`; names that are Go's already, or unknown, stay. */
export function goArchitecture(name: string): string {
  return goNames[name] ?? name
}
