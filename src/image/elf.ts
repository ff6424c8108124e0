// Reads what an image must know of an ELF file: its machine, its loader, the libraries it names, and what of it is ever loaded.
// Source: System V ABI, chapters 4 and 5; 64-bit little-endian files only, which both architectures use.

export interface ElfFile {
  /** `e_machine`: 0x3e x86-64, 0xb7 AArch64. */
  readonly machine: number
  /** The path of the program loader; undefined in a library. */
  readonly interpreter: string | undefined
  /** Sonames of the libraries it needs (DT_NEEDED), in the file's order. */
  readonly needed: readonly string[]
  /** Where the last byte that a segment names ends: what follows is symbols and debugging data. */
  readonly loadedBytes: number
}

const magic = 0x464c457f
const headerBytes = 64
const segmentBytes = 56
const dynamicEntryBytes = 16
const SegmentType = Object.freeze({ Load: 1, Dynamic: 2, Interpreter: 3 })
const DynamicTag = Object.freeze({ Needed: 1, StringTable: 5 })

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly fileBytes: number
}

/** @throws RangeError or Error with the reason, for what is not such a file. */
export function parseElf(bytes: Buffer): ElfFile {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic) throw new Error('not an ELF file')
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error('not a 64-bit little-endian ELF file')
  const tableStart = Number(bytes.readBigUInt64LE(32))
  const count = bytes.readUInt16LE(56)
  const segments = Array.from({ length: count }, (_, index) =>
    readSegment(bytes, tableStart + index * segmentBytes),
  )
  const interpreter = segments.find(({ type }) => type === SegmentType.Interpreter)
  return {
    machine: bytes.readUInt16LE(18),
    interpreter: interpreter && readString(bytes, interpreter.offset),
    needed: readNeeded(bytes, segments),
    loadedBytes: segments.reduce(
      (end, { offset, fileBytes }) => Math.max(end, offset + fileBytes),
      tableStart + count * segmentBytes,
    ),
  }
}

/**
 * The file without what no segment loads (symbols, debugging data, the section table): what runs is the same.
 * `strip` does the same, but its bytes differ from one binutils to the next, and it must know the file's architecture.
 * @returns a new buffer.
 */
export function dropUnloaded(bytes: Buffer): Buffer {
  const kept = Buffer.from(bytes.subarray(0, parseElf(bytes).loadedBytes))
  kept.writeBigUInt64LE(0n, 40) // e_shoff: no section table …
  kept.writeUInt16LE(0, 60) // e_shnum: … of no entries …
  kept.writeUInt16LE(0, 62) // e_shstrndx: … and no names.
  return kept
}

function readSegment(bytes: Buffer, at: number): Segment {
  return {
    type: bytes.readUInt32LE(at),
    offset: Number(bytes.readBigUInt64LE(at + 8)),
    address: Number(bytes.readBigUInt64LE(at + 16)),
    fileBytes: Number(bytes.readBigUInt64LE(at + 32)),
  }
}

function readNeeded(bytes: Buffer, segments: readonly Segment[]): string[] {
  const dynamic = segments.find(({ type }) => type === SegmentType.Dynamic)
  if (dynamic === undefined) return []
  const nameOffsets: number[] = []
  let namesAddress = 0
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileBytes; at += dynamicEntryBytes) {
    const tag = Number(bytes.readBigInt64LE(at))
    const value = Number(bytes.readBigUInt64LE(at + 8))
    if (tag === 0) break
    if (tag === DynamicTag.Needed) nameOffsets.push(value)
    if (tag === DynamicTag.StringTable) namesAddress = value
  }
  const names = fileOffset(namesAddress, segments)
  return nameOffsets.map((offset) => readString(bytes, names + offset))
}

/** Where in the file the byte lies that is loaded at `address`. */
function fileOffset(address: number, segments: readonly Segment[]): number {
  const holds = ({ type, address: start, fileBytes }: Segment): boolean =>
    type === SegmentType.Load && start <= address && address < start + fileBytes
  const segment = segments.find(holds)
  if (segment === undefined) throw new Error(`no segment holds address 0x${address.toString(16)}`)
  return segment.offset + (address - segment.address)
}

function readString(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, bytes.indexOf(0, at))
}
