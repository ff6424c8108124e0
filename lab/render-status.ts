// A lab's status as text for a person.
import { type Column, renderTable } from '../src/cli/table.ts'
import type { HostStatus, LabStatus, LinkStatus } from './status.ts'

const hostColumns: readonly Column<HostStatus>[] = [
  { title: 'HOST', cell: ({ name }) => name },
  { title: 'ADDRESS', cell: ({ address }) => address },
  { title: 'POWER', cell: ({ pid }) => (pid === null ? 'off' : 'on') },
  { title: 'PID', cell: ({ pid }) => (pid === null ? '-' : String(pid)), align: 'right' },
  { title: 'SSH', cell: ({ sshUp }) => (sshUp ? 'up' : 'down') },
  { title: 'ENGINE', cell: ({ engine }) => (engine === null ? 'none' : (engine.version ?? 'down')) },
]

const linkColumns: readonly Column<LinkStatus>[] = [
  { title: 'LINK', cell: ({ from, to }) => `${from} - ${to}` },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'ASKED FOR', cell: ({ figures }) => renderFigures(figures) },
  {
    title: 'ROUND TRIP',
    cell: ({ measured }) => (measured === null ? '-' : `${measured.roundTripMs.toFixed(2)} ms`),
    align: 'right',
  },
  {
    title: 'BANDWIDTH',
    cell: ({ measured }) => (measured === null ? '-' : `${measured.bandwidthMbit.toFixed(1)} Mbit/s`),
    align: 'right',
  },
]

export function renderLabStatus({ name, hosts, links }: LabStatus): string {
  return `lab "${name}"\n\n${renderTable(hostColumns, hosts)}\n${renderTable(linkColumns, links)}`
}

/** After `up`: what there is, and what to try. */
export function renderWelcome({ name, hosts }: LabStatus, elapsedMs: number): string {
  const rows = renderTable(hostColumns.slice(0, 2), hosts)
  const device = hosts.find(({ engine }) => engine !== null) ?? hosts[0]
  const client = hosts.findLast((host) => host !== device) ?? device
  const command = device?.engine === null ? 'uptime' : 'docker version'
  const tries = [
    `shoal lab exec ${client?.name} -- ssh ${device?.name} ${command}`,
    'shoal lab status',
    'shoal lab down',
  ]
  return `lab "${name}" is up after ${(elapsedMs / 1000).toFixed(1)} s\n\n${rows}\ntry:\n${tries.map((line) => `  ${line}\n`).join('')}`
}

function renderFigures({ rateMbit, delayMs, jitterMs, lossPercent }: LinkStatus['figures']): string {
  const parts = [
    `${rateMbit} Mbit/s`,
    delayMs > 0 ? `${delayMs}${jitterMs > 0 ? ` ± ${jitterMs}` : ''} ms each way` : '',
    lossPercent > 0 ? `${lossPercent} % lost` : '',
  ]
  return parts.filter(Boolean).join(', ')
}
