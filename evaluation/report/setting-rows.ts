// The setting as rows of two columns, and the hosts as a table: the same words in every form of the report.
import type { FailureCount } from './failures.ts'
import { formatCount, formatDuration, formatNumber } from './number-text.ts'
import { wordsOfFailures } from './report-words.ts'
import type { Setting } from './setting.ts'
import type { TextTable } from './text-table.ts'

export function settingRows(setting: Setting): readonly (readonly [string, string])[] {
  const { campaign, cells, measured, runs } = setting
  return [
    ['Campaign', `${campaign.name}: ${campaign.scenarios.map(({ name }) => name).join(', ')}`],
    ['Seed', String(campaign.seed)],
    [
      'Hosts',
      isLab(setting)
        ? 'a lab on one machine, its links shaped, its hosts sharing the machine’s CPUs: times and CPU are emulated'
        : 'real ones: times and CPU are measured',
    ],
    ...(isLab(setting)
      ? [['Power model', `of the board ${campaign.board}: power is modelled from emulated CPU use`] as const]
      : []),
    ['Cells', cellWords(setting)],
    [
      'Measured',
      measured === undefined
        ? 'nothing yet'
        : `from ${clock(measured.from)} to ${clock(measured.to)}, ${formatDuration(measured.tookMs)} of it in cells`,
    ],
    ...runs.flatMap(({ shoal, setting: { commit, cpu, cores, kernel, node, clock, loadBefore } }, index) => {
      const which = runs.length === 1 ? '' : ` ${index + 1}`
      return [
        [`Shoal${which}`, `${shoal}, commit ${commit}`],
        [`Machine${which}`, `${cpu}, ${cores} CPUs, Linux ${kernel}, Node ${node}`],
        [
          `Load before${which}`,
          `${loadBefore.toFixed(1)} tasks on ${cores} CPUs${loadBefore > cores / 2 ? ': the machine was busy with something else' : ''}`,
        ],
        [`Clock${which}`, clock],
      ] as const
    }),
    [
      'Clock steps',
      setting.clockSteps.length === 0
        ? 'none seen'
        : `in ${formatCount([setting.clockSteps.length], 'cell')}, listed below; durations are by a clock that does not step`,
    ],
    ['Warm-ups', `${cells.warmUps} cells, recorded and in no number`],
  ]
}

function isLab({ runs }: Setting): boolean {
  return runs.some(({ kind }) => kind === 'lab')
}

export function hostTable({ hosts }: Setting): TextTable {
  return {
    title: 'Hosts',
    head: ['host', 'role', 'links', 'CPUs', 'kernel', 'Engine', 'Node', 'Shoal', 'power', 'clock'],
    rows: hosts.map((host) => [
      host.name,
      host.role,
      host.links.join(', '),
      String(host.cpus),
      host.kernel,
      host.engine,
      host.nodeVersion,
      host.shoal,
      host.power === undefined
        ? 'nothing tells'
        : `${host.power.origin}: ${host.power.name}, ${host.power.detail}`,
      host.clock,
    ]),
  }
}

export function failureTable(failures: readonly FailureCount[]): TextTable {
  return {
    title: `Failed cells and requests: ${wordsOfFailures}`,
    head: ['scenario', 'where', 'what happened', 'times'],
    rows: failures.map(({ scenario, where, reason, count }) => [scenario, where, reason, String(count)]),
  }
}

/** What failed is told with its reason elsewhere. */
export function gapTable({ cells }: Setting): TextTable {
  const scenarios = [...new Set(cells.notRun.map(scenarioOf))]
  return {
    title: 'Cells that were not run',
    head: ['scenario', 'cells', 'the first of them'],
    rows: scenarios.map((scenario) => {
      const ids = cells.notRun.filter((id) => scenarioOf(id) === scenario)
      return [scenario, String(ids.length), ids[0] ?? '']
    }),
  }
}

export function clockStepTable({ clockSteps }: Setting): TextTable {
  return {
    title: 'Cells during which the clock was set',
    head: ['cell', 'by (ms)'],
    rows: clockSteps.map(({ id, ms }) => [id, formatNumber(ms)]),
  }
}

function scenarioOf(id: string): string {
  return id.split('/')[0] ?? id
}

function cellWords({ cells }: Setting): string {
  const parts = [
    `${cells.done} of ${cells.planned} done`,
    ...(cells.failed.length === 0 ? [] : [`${cells.failed.length} failed`]),
    ...(cells.notRun.length === 0 ? [] : [`${cells.notRun.length} not run`]),
  ]
  return parts.join(', ')
}

/** `2026-04-01 12:30:05 UTC` */
function clock(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`
}
