// The cluster's part of the demo's page, beside pair mode.
import { renderTable } from '../src/cli/table.ts'
import type { ActivatedInstance } from './compute-targets.ts'
import type { ClusterDemo } from './demo-cluster.ts'
import { demoCapability, type SensorDemo } from './demo-sensor.ts'
import type { ResponseTimeSample } from './response-time.ts'
import { renderMean, tabulateResponseTimes } from './response-time-table.ts'
import { percentile, sortSamples } from './samples.ts'

/**
 * @param pair an activation in pair mode with the image there
 * @param pairSamples of pair mode, whose mode is called `container`
 */
export function renderClusterDemo(
  { joinMs, activation, againMs, samples, sensor, failover }: ClusterDemo,
  pair: ActivatedInstance,
  pairSamples: readonly ResponseTimeSample[],
  repetitions: number,
): string {
  const joins = Object.entries(joinMs).map(([name, ms]) => `${name} in ${ms.toFixed(0)} ms`)
  return [
    `The workers found the manager by themselves and joined: ${joins.join(', ')}`,
    'A client that can do nothing but CoAP asks the manager, and is answered once, when compute answers:',
    `$ ${activation.command}`,
    activation.output,
    '',
    'Pair mode beside the cluster, from the start of the command to the first CoAP answer, image there (ms)',
    renderActivationTable(pair, againMs),
    `Response time of a CoAP PUT in the cluster, mean of ${repetitions} ± 95 % interval (ms)`,
    renderResponses(samples, pairSamples),
    renderSensor(sensor),
    `${failover.cut} was cut off while it ran compute: through the manager ${failover.now} answered ${(failover.ms / 1000).toFixed(1)} s after the cut`,
    '',
  ].join('\n')
}

function renderSensor({ node, activationMs, steps }: SensorDemo): string {
  return [
    `A light sensor hangs at ${node}, simulated. Sensing says \`needs: [${demoCapability}]\` and runs there, ${activationMs.toFixed(0)} ms after one POST:`,
    ...steps.flatMap(({ command, output }) => [`$ ${command}`, ...(output === '' ? [] : [output])]),
    '',
  ].join('\n')
}

function renderActivationTable(pair: ActivatedInstance, againMs: readonly number[]): string {
  const cluster = percentile(sortSamples(againMs), 0.5)
  return renderTable(
    [
      { title: '', cell: ({ mode }) => mode },
      { title: 'client asks by', cell: ({ by }) => by },
      { title: 'total', align: 'right', cell: ({ ms }) => ms.toFixed(0) },
    ],
    [
      { mode: 'pair mode', by: 'SSH, shoal pair run', ms: pair.totalMs },
      { mode: 'cluster', by: `one CoAP POST, median of ${againMs.length}`, ms: cluster },
    ],
  )
}

function renderResponses(
  samples: readonly ResponseTimeSample[],
  pairSamples: readonly ResponseTimeSample[],
): string {
  const operations = new Set(samples.map(({ operation }) => operation))
  const both = [
    ...pairSamples.filter(({ mode, operation }) => mode === 'container' && operations.has(operation)),
    ...samples,
  ]
  const modes = ['container', 'cluster', 'through the manager'] as const
  return renderTable(
    [
      { title: 'operation', cell: ({ operation }) => operation },
      { title: 'integers', align: 'right', cell: ({ size }) => String(size) },
      ...modes.map((mode) => ({
        title: mode === 'container' ? 'pair' : mode,
        align: 'right' as const,
        cell: (row: ReturnType<typeof tabulateResponseTimes>[number]) => renderMean(row.modes[mode]?.mean),
      })),
      {
        title: 'failed',
        align: 'right',
        cell: (row) => String(modes.reduce((sum, mode) => sum + (row.modes[mode]?.failures ?? 0), 0)),
      },
    ],
    tabulateResponseTimes(both).filter(({ operation }) => operations.has(operation)),
  )
}
