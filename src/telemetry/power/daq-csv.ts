// Power from a data acquisition board's file, read afterwards: volts over a shunt and the supply's voltage, as the paper took them (§V.A).
import { ShoalError } from '../../model/errors.ts'

export interface DaqColumns {
  /** Title or number from 0 of each column. */
  readonly time: string | number
  /** Seconds since the start of the file, or milliseconds since 1970. */
  readonly timeUnit: 's' | 'ms-epoch'
  readonly shuntVolts: string | number
  /** Left out: `supplyVolts` holds all the time. */
  readonly supply?: string | number | undefined
  readonly supplyVolts: number
  readonly shuntOhms: number
  readonly separator?: string | undefined
}

export interface PowerReading {
  readonly atMs: number
  readonly watts: number
}

/**
 * @returns oldest first
 * @throws ShoalError DAQ_INVALID with the line that is wrong
 */
export function parseDaqCsv(text: string, columns: DaqColumns, place: string): readonly PowerReading[] {
  const { separator = ',', shuntOhms } = columns
  if (!(shuntOhms > 0)) throw invalid(place, `the shunt has ${shuntOhms} Ω; it needs more than 0`)
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }))
  const rows = lines.filter(({ line }) => line.trim() !== '' && !line.startsWith('#'))
  const titles = rows[0]?.line.split(separator).map((title) => title.trim()) ?? []
  const hasTitles = titles.some((title) => title !== '' && !Number.isFinite(Number(title)))
  const indexOf = (column: string | number): number => {
    if (typeof column === 'number') return column
    const index = hasTitles ? titles.indexOf(column) : -1
    if (index < 0) throw invalid(place, `no column "${column}"; there are ${titles.join(', ')}`)
    return index
  }
  const [time, shunt] = [indexOf(columns.time), indexOf(columns.shuntVolts)]
  const supply = columns.supply === undefined ? undefined : indexOf(columns.supply)
  let last = Number.NEGATIVE_INFINITY
  return rows.slice(hasTitles ? 1 : 0).map(({ line, number }) => {
    const cells = line.split(separator)
    const numberAt = (index: number): number => {
      const cell = cells[index]?.trim() ?? ''
      const value = Number(cell)
      if (cell === '' || !Number.isFinite(value))
        throw invalid(place, `line ${number}: column ${index} is "${cell}", no number`)
      return value
    }
    const atMs = numberAt(time) * (columns.timeUnit === 's' ? 1000 : 1)
    if (atMs < last) throw invalid(place, `line ${number}: its time is before that of the line above`)
    last = atMs
    const shuntVolts = numberAt(shunt)
    const supplyVolts = supply === undefined ? columns.supplyVolts : numberAt(supply)
    // The board is behind the shunt: it gets what the shunt leaves.
    return { atMs, watts: (shuntVolts / shuntOhms) * (supplyVolts - shuntVolts) }
  })
}

function invalid(place: string, reason: string): ShoalError {
  return new ShoalError('DAQ_INVALID', {
    action: 'read',
    object: 'the power that a board was measured with',
    place,
    reason,
    nextStep: 'name its columns, unit and shunt as they are: docs/telemetry.md',
  })
}
