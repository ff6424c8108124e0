// Power from a data acquisition board's file, read afterwards: volts over a shunt and the supply's voltage, as the paper took them (§V.A). Pure.
import { type DaqConfig, daqInvalid } from './daq-config.ts'
import type { PowerReading } from './energy.ts'

/**
 * @param place names the text in the error: its file
 * @returns oldest first, in milliseconds since 1970
 * @throws ShoalError DAQ_INVALID with the line that is wrong
 */
export function parseDaqCsv(text: string, config: DaqConfig, place: string): readonly PowerReading[] {
  const { separator, shuntOhms, shuntGain } = config
  const readings: PowerReading[] = []
  let columns: Columns | undefined
  for (const { line, number } of linesOf(text, config.skipLines)) {
    const cells = line.split(separator)
    if (columns === undefined) {
      const titles = cells.map(plain)
      const hasTitles = titles.some((title) => title !== '' && !Number.isFinite(Number(title)))
      columns = findColumns(config, hasTitles ? titles : undefined, place)
      if (hasTitles) continue
    }
    const numberAt = (index: number): number => {
      const cell = plain(cells[index] ?? '')
      const value = Number(cell)
      if (cell === '' || !Number.isFinite(value))
        throw daqInvalid(place, `line ${number}: column ${index} is "${cell}", no number`)
      return value
    }
    const atMs = momentOf(config, columns.time === undefined ? readings.length : numberAt(columns.time))
    if (atMs < (readings.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY))
      throw daqInvalid(place, `line ${number}: its time is before that of the line above`)
    const shuntVolts = numberAt(columns.shunt) / shuntGain
    const supplyVolts = columns.supply === undefined ? (config.supplyVolts ?? 0) : numberAt(columns.supply)
    // The board is behind the shunt: it gets what the shunt leaves.
    readings.push({ atMs, watts: (shuntVolts / shuntOhms) * (supplyVolts - shuntVolts) })
  }
  if (readings.length === 0) throw daqInvalid(place, 'it has no rows')
  return readings
}

interface Columns {
  readonly time: number | undefined
  readonly shunt: number
  readonly supply: number | undefined
}

function findColumns(
  { time, shunt, supply }: DaqConfig,
  titles: readonly string[] | undefined,
  place: string,
): Columns {
  const indexOf = (column: string | number): number => {
    if (typeof column === 'number') return column
    const index = titles?.indexOf(column) ?? -1
    if (index < 0)
      throw daqInvalid(
        place,
        titles === undefined
          ? `no column "${column}": it has no titles; give numbers from 0`
          : `no column "${column}"; there are ${titles.map((title) => `"${title}"`).join(', ')}`,
      )
    return index
  }
  return {
    time: time === undefined ? undefined : indexOf(time),
    shunt: indexOf(shunt),
    supply: supply === undefined ? undefined : indexOf(supply),
  }
}

/** @param count what the time's column says, or which row it is */
function momentOf({ timeUnit, rateHz, startedAt }: DaqConfig, count: number): number {
  const startMs = startedAt === undefined ? 0 : Date.parse(startedAt)
  if (rateHz !== undefined) return startMs + (count / rateHz) * 1000
  return startMs + count * (timeUnit === 's' || timeUnit === 'epoch-s' ? 1000 : 1)
}

/** One at a time: a board writes a thousand a second. Empty lines and comments are left out. */
function* linesOf(text: string, skip: number): Generator<{ readonly line: string; readonly number: number }> {
  let number = 0
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(start, end)
    start = end + 1
    number += 1
    if (number > skip && line.trim() !== '' && !line.startsWith('#')) yield { line, number }
  }
}

function plain(cell: string): string {
  return cell
    .trim()
    .replace(/^\uFEFF/, '')
    .replaceAll(/^"|"$/g, '')
    .trim()
}
