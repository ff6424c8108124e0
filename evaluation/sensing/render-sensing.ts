// The page of a run of the sensing measurement.
import { renderTable } from '../../src/cli/table.ts'
import type { SensingRow } from './sensing-table.ts'

export function renderSensing(rows: readonly SensingRow[]): string {
  const table = renderTable<SensingRow>(
    [
      { title: 'MODE', cell: ({ mode }) => mode },
      { title: 'CAPABILITY', cell: ({ capability }) => capability },
      { title: 'REQUESTS', align: 'right', cell: ({ requests }) => String(requests) },
      { title: 'FAILED', align: 'right', cell: ({ failures }) => String(failures) },
      { title: 'MEDIAN MS', align: 'right', cell: ({ medianMs }) => fixed(medianMs, 2) },
      { title: '95 % MS', align: 'right', cell: ({ percentile95Ms }) => fixed(percentile95Ms, 2) },
      { title: 'ACTIVATION MS', align: 'right', cell: ({ activationMs }) => fixed(activationMs, 0) },
      { title: 'CPU S', align: 'right', cell: ({ cpuSeconds }) => fixed(cpuSeconds, 3) },
      { title: 'CPU S BEFORE', align: 'right', cell: ({ startCpuSeconds }) => fixed(startCpuSeconds, 3) },
      { title: 'VALUES SEEN', cell: ({ values }) => values || '–' },
    ],
    rows,
  )
  return [
    table,
    'MEDIAN and 95 %: of the GETs that were answered. ACTIVATION: from the start of the command on client to its end, which waits for the first CoAP answer; image there.',
    'CPU: of the instance’s cgroup, from PUT on to PUT off; BEFORE: from its start to PUT on.',
    '',
  ].join('\n')
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits)
}
