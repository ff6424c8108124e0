// The key `blkio_config` of a service.
import type { BlockIo, DeviceRate } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { type Reader, readBytes, readList, readPattern, readWhole } from '../read-value.ts'
import { honoured, readSection, type Section } from '../section.ts'

interface DeviceLimit {
  readonly path: string
  readonly rate: number
}

const readPath = readPattern(/^\/[^\0]+$/, 'an absolute path')
const readWeight = readWhole(10, 1000)

export const blockRateSection: Section<DeviceLimit> = {
  extensible: false,
  keys: {
    path: honoured('block device of the machine, such as /dev/mmcblk0', 'path', readPath),
    rate: honoured('bytes or operations a second', 'rate', readBytes),
  },
}

export const blockWeightSection: Section<DeviceLimit> = {
  extensible: false,
  keys: {
    path: honoured('block device of the machine', 'path', readPath),
    weight: honoured('share of that device against other containers, 10 to 1000', 'rate', readWeight),
  },
}

const readRates = readList(readDevice(blockRateSection, 'rate'))
const rateItems = { '[]': blockRateSection }

export const blockIoSection: Section<BlockIo> = {
  extensible: false,
  keys: {
    weight: honoured('share against other containers, 10 to 1000', 'weight', readWeight),
    weight_device: honoured(
      'the same for single devices',
      'deviceWeights',
      readList(readDevice(blockWeightSection, 'weight')),
      { '[]': blockWeightSection },
    ),
    device_read_bps: honoured('bytes a second that it may read', 'readBytesPerSecond', readRates, rateItems),
    device_write_bps: honoured(
      'bytes a second that it may write',
      'writeBytesPerSecond',
      readRates,
      rateItems,
    ),
    device_read_iops: honoured('reads a second', 'readsPerSecond', readRates, rateItems),
    device_write_iops: honoured('writes a second', 'writesPerSecond', readRates, rateItems),
  },
}

export function readBlockIo(value: Located, findings: Findings): BlockIo {
  const read = readSection(blockIoSection, value, findings)
  return {
    weight: read.weight,
    deviceWeights: read.deviceWeights ?? [],
    readBytesPerSecond: read.readBytesPerSecond ?? [],
    writeBytesPerSecond: read.writeBytesPerSecond ?? [],
    readsPerSecond: read.readsPerSecond ?? [],
    writesPerSecond: read.writesPerSecond ?? [],
  }
}

function readDevice(section: Section<DeviceLimit>, amount: 'rate' | 'weight'): Reader<DeviceRate> {
  return (value, findings) => {
    const before = findings.problemCount
    const { path, rate } = readSection(section, value, findings)
    if (findings.problemCount > before) return undefined
    if (path !== undefined && rate !== undefined) return { path, rate }
    findings.problem(value.place, `${path === undefined ? 'path' : amount} is missing`)
    return undefined
  }
}
