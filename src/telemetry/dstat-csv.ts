// Samples in the form of `dstat --output`: two lines of titles, and its titles for what is here of its columns; of memory only `used`. Watts are a last one.
import type { TelemetryHeader, TelemetrySample } from './record.ts'

export function renderCsvHead({ node, startedAt, power }: TelemetryHeader): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const groups = [
    'epoch',
    'total cpu usage',
    '',
    '',
    '',
    'load avg',
    '',
    '',
    'memory usage',
    'net/total',
    '',
    'power',
  ]
  const columns = ['epoch', 'usr', 'sys', 'idl', 'wai', '1m', '5m', '15m', 'used', 'recv', 'send', 'watts']
  return [
    `${quote('Host:')},${quote(node)},${quote('Date:')},${quote(startedAt)},${quote('Power:')},${quote(power === undefined ? 'none' : `${power.origin}: ${power.name}`)}`,
    groups.map((group) => (group === '' ? '' : quote(group))).join(','),
    columns.map(quote).join(','),
    '',
  ].join('\n')
}

/** CPU in percent, bytes, bytes a second, watts; what is not known is empty. */
export function renderCsvRow(sample: TelemetrySample): string {
  const percent = (share: number | null): number | null =>
    share === null ? null : Number((share * 100).toFixed(3))
  const idle =
    sample.cpu_share === null ? null : Math.max(0, 1 - sample.cpu_share - (sample.cpu_wait_share ?? 0))
  return `${[
    (sample.atMs / 1000).toFixed(3),
    percent(sample.cpu_user_share),
    percent(sample.cpu_system_share),
    percent(idle),
    percent(sample.cpu_wait_share),
    sample.load_1min,
    sample.load_5min,
    sample.load_15min,
    sample.memory_used_bytes,
    sample.network_received_bytes_per_second,
    sample.network_sent_bytes_per_second,
    sample.power_watts,
  ]
    .map((cell) => cell ?? '')
    .join(',')}\n`
}
