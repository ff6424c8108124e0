// The words of `--daq` and `--daq-config` become readings of power, each of one host.
import { ShoalError } from '../../src/model/errors.ts'
import { parseDaqConfig } from '../../src/telemetry/power/daq-config.ts'
import { parseDaqCsv } from '../../src/telemetry/power/daq-csv.ts'
import { daqInfo } from '../../src/telemetry/power/power-afterwards.ts'
import type { DaqPower } from '../run/with-daq-power.ts'
import { readText } from './choose-campaign.ts'

/**
 * @param files `HOST=FILE` each
 * @param configs `HOST=FILE`, or `FILE` for all hosts that have none of their own
 * @throws ShoalError USAGE, FILE_UNREADABLE, DAQ_INVALID
 */
export function readDaqPower(files: readonly string[], configs: readonly string[]): readonly DaqPower[] {
  const named = files.map(hostAndFile)
  const described = configs.map(hostAndFile)
  const hosts = named.map(({ host }) => host)
  const stray = described.find(({ host }) => host !== undefined && !hosts.includes(host))
  if (stray !== undefined)
    throw misused(`--daq-config ${stray.host}=${stray.file} has no --daq ${stray.host}=FILE`)
  if (files.length === 0 && configs.length > 0)
    throw misused('--daq-config says how --daq is to be read, and there is none')
  return named.map(({ host, file }, index) => {
    if (host === undefined) throw misused(`--daq ${file} does not say whose power it is: --daq HOST=FILE`)
    if (hosts.indexOf(host) !== index) throw misused(`--daq ${host}=… is there twice`)
    const own =
      described.find((each) => each.host === host) ?? described.find((each) => each.host === undefined)
    if (own === undefined)
      throw misused(`--daq ${host}=${file} needs --daq-config FILE, which says what its columns are`)
    const config = parseDaqConfig(readText(own.file), own.file)
    return {
      host,
      place: file,
      readings: parseDaqCsv(readText(file), config, file),
      info: daqInfo(config, file),
    }
  })
}

function hostAndFile(word: string): { readonly host: string | undefined; readonly file: string } {
  const [, host, file = word] = /^([A-Za-z0-9][A-Za-z0-9_.-]*)=(.+)$/.exec(word) ?? []
  return { host, file }
}

function misused(reason: string): ShoalError {
  return new ShoalError('USAGE', {
    action: 'read',
    object: 'the command line',
    reason,
    nextStep: 'see docs/evaluation.md, “Power that a DAQ measured”',
  })
}
