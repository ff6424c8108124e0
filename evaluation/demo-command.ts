// `shoal demo`: runs the demo and prints one page of it.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { Io } from '../src/cli/io.ts'
import { renderTable } from '../src/cli/table.ts'
import { computationInput, paperSizes } from './computation.ts'
import type { ActivatedInstance } from './compute-targets.ts'
import { type DemoResult, runDemo } from './demo.ts'
import { renderClusterDemo } from './render-cluster-demo.ts'
import { renderMean, tabulateResponseTimes } from './response-time-table.ts'

interface Options {
  readonly seed: number
  readonly repetitions: number
  readonly json?: true
  readonly output?: string
}

export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description(
      'shows the main job on this machine: a lab, compute natively, through pair mode and in a cluster, measured side by side, and a failover',
    )
    .option('--seed <number>', 'seed of the input and of the order', parseSeed, 2017)
    .option('--repetitions <number>', 'requests of each kind', parseCount, 10)
    .option('-o, --output <file>', 'also keep the raw samples, as JSON')
    .option('--json', 'print the result as JSON')
    .action(async ({ seed, repetitions, json, output }: Options) => {
      const startedAt = performance.now()
      const result = await runDemo({
        seed,
        repetitions,
        dataFolder: io.env.SHOAL_LAB_DIR,
        signal: io.signal,
        progress: (line) =>
          io.err(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}\n`),
      })
      if (output !== undefined) {
        await mkdir(dirname(resolve(output)), { recursive: true })
        await writeFile(output, `${JSON.stringify(result, undefined, 1)}\n`)
      }
      io.out(json ? `${JSON.stringify(result)}\n` : renderDemo(result))
    })
}

/** The page: activation by phase, response times with their intervals, libcoap's answer. */
export function renderDemo({
  activations,
  samples,
  libcoap,
  cluster,
  seed,
  repetitions,
}: DemoResult): string {
  const answer = computationInput(paperSizes[0], seed).reduce((sum, value) => sum + value, 0) / paperSizes[0]
  return [
    '',
    'Activation of compute on worker1, from the command on client to the first CoAP answer (ms)',
    renderActivations(activations),
    `Response time of a CoAP PUT, mean of ${repetitions} ± 95 % interval (Student’s t), both warmed up, seed ${seed} (ms)`,
    renderResponseTimes(samples),
    `The same by libcoap, in the client host: the average of the ${paperSizes[0]} integers is ${answer}`,
    `$ ${libcoap.command}`,
    libcoap.output,
    '',
    renderClusterDemo(cluster, activations.imageCached, samples, repetitions),
  ].join('\n')
}

function renderActivations(activations: DemoResult['activations']): string {
  const rows = [
    { label: 'image sent', instance: activations.imageSent },
    { label: 'image there', instance: activations.imageCached },
  ]
  const phases = [...new Set(rows.flatMap(({ instance }) => Object.keys(instance.phasesMs)))]
  const milliseconds = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0))
  type Row = { label: string; instance: ActivatedInstance }
  return renderTable<Row>(
    [
      { title: '', cell: ({ label }) => label },
      ...phases.map((phase) => ({
        title: phase,
        align: 'right' as const,
        cell: ({ instance }: Row) => milliseconds(instance.phasesMs[phase]),
      })),
      { title: 'total', align: 'right', cell: ({ instance }) => milliseconds(instance.totalMs) },
    ],
    rows,
  )
}

function renderResponseTimes(samples: DemoResult['samples']): string {
  return renderTable(
    [
      { title: 'operation', cell: ({ operation }) => operation },
      { title: 'integers', align: 'right', cell: ({ size }) => String(size) },
      { title: 'native', align: 'right', cell: ({ modes }) => renderMean(modes.native?.mean) },
      { title: 'container', align: 'right', cell: ({ modes }) => renderMean(modes.container?.mean) },
      {
        title: 'failed',
        align: 'right',
        cell: ({ modes }) => String((modes.native?.failures ?? 0) + (modes.container?.failures ?? 0)),
      },
    ],
    tabulateResponseTimes(samples),
  )
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 0 to 999,999,999.')
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 2 && count <= 1e6) return count
  throw new InvalidArgumentError('It is a whole number from 2 to 1,000,000.')
}
