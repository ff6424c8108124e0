// Readings as SenML (RFC 8428): JSON (110), or CBOR (112) with its labels as small integers.
import { encode } from 'cborg'
import { ContentFormat } from '../../src/coap/content-format.ts'
import type { Reading } from './driver.ts'

/** What a device is, or measured, at one time. */
export interface Measurement {
  readonly readings: readonly Reading[]
  /** Since 1970. */
  readonly atMs: number
}

type Field = 'bn' | 'bt' | 'n' | 'u' | 'v' | 'vb'
type SenmlRecord = Partial<Record<Field, string | number | boolean>>

/** RFC 8428 §6, table 4. */
const cborLabels: Readonly<Record<Field, number>> = Object.freeze({ bn: -2, bt: -3, n: 0, u: 1, v: 2, vb: 4 })

export const senmlFormats: readonly number[] = [ContentFormat.SenmlJson, ContentFormat.SenmlCbor]

/** One record a reading; the first names the device, `ID/`, and the time, in seconds since 1970. */
export function senmlRecords(id: string, { readings, atMs }: Measurement): readonly SenmlRecord[] {
  return readings.map(({ name, unit, value }, index) => ({
    ...(index === 0 ? { bn: baseName(id), bt: atMs / 1000 } : {}),
    n: name,
    ...(unit === undefined ? {} : { u: unit }),
    ...(typeof value === 'boolean' ? { vb: value } : { v: value }),
  }))
}

export function renderSenml(records: readonly SenmlRecord[], contentFormat: number): Uint8Array | string {
  if (contentFormat === ContentFormat.SenmlJson) return JSON.stringify(records)
  return encode(
    records.map(
      (record) =>
        new Map(Object.entries(record).map(([field, value]) => [cborLabels[field as Field], value] as const)),
    ),
  )
}

/** RFC 8428 §4.5.1: letters, digits and `-:./_`, the first a letter or a digit. */
function baseName(id: string): string {
  const name = id.replaceAll(/[^A-Za-z0-9\-:./_]/g, '_')
  return `${/^[A-Za-z0-9]/.test(name) ? '' : 'd'}${name}/`
}
