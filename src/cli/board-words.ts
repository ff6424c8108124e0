// A board and what its actuators do, in words and tables.
import type { BoardStatus } from '../board/board-status.ts'
import type { Edge } from '../board/edge.ts'
import { type Column, renderTable } from './table.ts'

/** One line: `12.345 s  laser  on  (write)`. */
export function renderEdge(edge: Edge): string {
  return `${edge.atS.toFixed(3)} s  ${edge.device}  ${renderActuator(edge)}  (${edge.cause})\n`
}

export function renderRecord(answer: Readonly<Record<string, unknown>>): string {
  const { edges } = answer as { readonly edges: readonly Edge[] }
  return renderTable(edgeColumns, edges)
}

export function renderStatus(answer: Readonly<Record<string, unknown>>): string {
  const { board, atS, secondOfDay, speed, devices } = answer as unknown as BoardStatus
  const head = `${board}, ${atS.toFixed(1)} simulated seconds after its start, at ${renderTime(secondOfDay)}, speed ${speed}\n`
  return head + renderTable(deviceColumns, devices)
}

type DeviceStatus = BoardStatus['devices'][number]

const deviceColumns: readonly Column<DeviceStatus>[] = [
  { title: 'DEVICE', cell: ({ name }) => name },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'PLUGGED', cell: ({ isPlugged }) => (isPlugged ? 'yes' : 'no') },
  { title: 'HELD', cell: ({ isHeld }) => (isHeld ? 'yes' : 'no') },
  { title: 'AT', cell: renderState },
  { title: 'SET', cell: ({ forced }) => renderForced(forced) },
]

const edgeColumns: readonly Column<Edge>[] = [
  { title: 'NUMBER', cell: ({ number }) => `${number}`, align: 'right' },
  { title: 'TIME', cell: ({ atMs }) => new Date(atMs).toISOString() },
  { title: 'SECOND', cell: ({ atS }) => atS.toFixed(3), align: 'right' },
  { title: 'DEVICE', cell: ({ device }) => device },
  { title: 'IS', cell: renderActuator },
  { title: 'CAUSE', cell: ({ cause }) => cause },
]

function renderActuator({ value, frequencyHz, duty }: Pick<Edge, 'value' | 'frequencyHz' | 'duty'>): string {
  if (frequencyHz !== undefined) return `${frequencyHz} Hz, duty ${duty}`
  return value === 1 ? 'on' : 'off'
}

function renderState({ readings, value = 0, frequencyHz, duty, kind }: DeviceStatus): string {
  if (readings !== undefined) {
    return readings
      .map((one) => `${one.name} ${one.value}${one.unit === undefined ? '' : ` ${one.unit}`}`)
      .join(', ')
  }
  if (kind === 'flame' || kind === 'sound') return `${value}`
  return renderActuator({
    value,
    ...(frequencyHz === undefined ? {} : { frequencyHz }),
    ...(duty === undefined ? {} : { duty }),
  })
}

function renderForced(forced: DeviceStatus['forced']): string {
  if (forced === undefined) return ''
  if (typeof forced === 'number') return `${forced}`
  return Object.entries(forced)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

function renderTime(secondOfDay: number): string {
  return [secondOfDay / 3600, (secondOfDay / 60) % 60, secondOfDay % 60]
    .map((part) => `${Math.floor(part)}`.padStart(2, '0'))
    .join(':')
}
