// `shoal manager`: the edge manager on the access point.
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { localAddresses } from '../discovery/interfaces.ts'
import { ShoalError } from '../model/errors.ts'
import { type ManagerPorts, usualPorts } from '../model/manager-ports.ts'
import { renderCommandLine } from '../worker/systemd.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'

interface StartFlags {
  readonly advertise?: string
  readonly data: string
  readonly runServices?: true
  readonly coapPort: string
  readonly httpPort: string
  readonly joinPort: string
  readonly registryPort: string
  readonly valid: string
  readonly background?: true
}

const usualFolder = '/var/lib/shoal/manager'
const unit = 'shoal-manager.service'

export function managerCommand(io: Io): Command {
  const command = new Command('manager').description(
    'runs the edge manager on this machine, the access point',
  )
  withStartFlags(command.command('start'))
    .description(
      'starts the manager and runs it until it is stopped; makes a Swarm, or takes the one that is there',
    )
    .option('--background', 'come back when it answers; it runs until `shoal manager stop`')
    .action((flags: StartFlags) => start(io, flags))
  command
    .command('stop')
    .description('stops the manager that runs in the background; the services go on')
    .option('--data <folder>', 'its key folder', usualFolder)
    .action((flags: { data: string }) => stop(io, flags.data))
  command
    .command('token')
    .description('prints a token that devices join with')
    .option('--data <folder>', 'key folder', usualFolder)
    .option('--valid <time>', 'how long it holds: 90m, 24h, 30d', '24h')
    .option('--rotate', 'make all older tokens void first')
    .action((flags: { data: string; valid: string; rotate?: true }) => token(io, flags))
  withStartFlags(command.command('install'))
    .description('writes a systemd unit for the manager, enables it, and starts it where systemd runs')
    .action((flags: StartFlags) => install(io, flags))
  command
    .command('uninstall')
    .description('stops the unit and takes it away; the cluster and the keys stay')
    .action(() => uninstall(io))
  command
    .command('status')
    .description('tells everything about the manager of this machine, or of --manager')
    .option('--manager <address>', 'another than the one of this machine')
    .option('--json', 'print it as JSON')
    .action(async (flags: { manager?: string; json?: true }) => {
      const { showStatus } = await import('./status-command.ts')
      await showStatus(io, flags)
    })
  return command
}

function withStartFlags(command: Command): Command {
  return command
    .option(
      '--advertise <address>',
      'IPv4 address at which the devices reach this machine; needed where it has several',
    )
    .option('--data <folder>', 'key folder: all that the manager keeps outside Swarm', usualFolder)
    .option('--run-services', 'run services on this machine too; counts where the Swarm is made')
    .option('--coap-port <port>', 'udp', String(usualPorts.coap))
    .option('--http-port <port>', 'tcp', String(usualPorts.http))
    .option('--join-port <port>', 'tcp', String(usualPorts.join))
    .option('--registry-port <port>', 'tcp', String(usualPorts.registry))
    .option('--valid <time>', 'how long the token of the line to join with holds', '24h')
}

async function start(io: Io, flags: StartFlags): Promise<void> {
  const { startInBackground } = await import('./manager-background.ts')
  if (flags.background) {
    const argv = ['manager', 'start', ...startArguments(flags), '--valid', flags.valid]
    io.out(`${await startInBackground(argv, flags.data, io.signal)}\n`)
    return
  }
  const { Manager } = await import('../manager/manager.ts')
  const { advertisedAddress } = await import('../manager/advertised-address.ts')
  const validMs = readTime(flags.valid)
  const ports = readPorts(flags)
  const manager = new Manager({
    socketPath: localEngineSocket(io.env),
    keyFolder: flags.data,
    address: advertisedAddress(flags.advertise, localAddresses()),
    runsServices: flags.runServices === true,
    ports,
    version: packageVersion(),
    log: (line) => io.err(`${new Date().toISOString()} ${line}\n`),
  })
  await manager.start(io.signal)
  try {
    io.out(`shoal worker join --token ${manager.issueToken(validMs)}\n`)
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  } finally {
    await manager.stop()
  }
}

async function stop(io: Io, folder: string): Promise<void> {
  const { stopManagerProcess } = await import('./manager-background.ts')
  const wasRunning = await stopManagerProcess(folder, io.signal)
  io.out(
    wasRunning ? 'the manager is stopped; the services go on\n' : 'no manager runs with this key folder\n',
  )
}

/** The flags as a command line again. */
function startArguments(flags: StartFlags): readonly string[] {
  const ports = Object.entries(readPorts(flags)).flatMap(([name, port]) => [`--${name}-port`, String(port)])
  return [
    ...(flags.advertise === undefined ? [] : ['--advertise', flags.advertise]),
    '--data',
    flags.data,
    ...(flags.runServices ? ['--run-services'] : []),
    ...ports,
  ]
}

async function token(io: Io, flags: { data: string; valid: string; rotate?: true }): Promise<void> {
  const { TokenMint } = await import('../manager/keys/token-mint.ts')
  const validMs = readTime(flags.valid)
  const mint = await TokenMint.open(flags.data)
  if (flags.rotate) await mint.rotate()
  io.out(`${mint.issue({ validMs, nowMs: Date.now() })}\n`)
}

async function install(io: Io, flags: StartFlags): Promise<void> {
  const { advertisedAddress } = await import('../manager/advertised-address.ts')
  const { runToEnd, systemdRuns, unitFile } = await import('../worker/systemd.ts')
  const { writeWhole } = await import('../worker/write-whole.ts')
  const advertise = advertisedAddress(flags.advertise, localAddresses())
  const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
  const argv = [program, 'manager', 'start', ...startArguments({ ...flags, advertise })]
  await writeWhole(unitFile(unit), renderManagerUnit(argv), 0o644).catch((error: unknown) => {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'write',
      object: 'the unit of the manager',
      place: unitFile(unit),
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root, on a machine with systemd',
    })
  })
  io.out(`wrote ${unitFile(unit)}\n`)
  if (!systemdRuns()) {
    const enabled = await runToEnd(['systemctl', 'enable', unit])
    io.out(
      `systemd does not run here: ${enabled === 0 ? 'it starts at the next boot' : 'enable it by systemctl enable'}\n`,
    )
    return
  }
  await runToEnd(['systemctl', 'daemon-reload'])
  const code = await runToEnd(['systemctl', 'enable', '--now', unit])
  if (code !== 0) {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'start',
      object: unit,
      reason: `systemctl ended with ${code}`,
      nextStep: `journalctl -u ${unit} tells why`,
    })
  }
  io.out(`enabled and started ${unit}; shoal manager token prints what devices join with\n`)
}

async function uninstall(io: Io): Promise<void> {
  const { runToEnd, unitFile } = await import('../worker/systemd.ts')
  await runToEnd(['systemctl', 'disable', '--now', unit])
  await rm(unitFile(unit), { force: true })
  await runToEnd(['systemctl', 'daemon-reload'])
  io.out(`took ${unitFile(unit)} away; the keys in ${usualFolder} and the Swarm stay\n`)
}

/** Comes back after a crash and a boot; ends the registry with it. */
export function renderManagerUnit(argv: readonly string[]): string {
  return `[Unit]
Description=Shoal edge manager
After=docker.service network-online.target
Wants=network-online.target
Requires=docker.service

[Service]
ExecStart=${renderCommandLine(argv)}
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=20
NoNewPrivileges=true
ProtectHome=read-only
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`
}

function readPorts(flags: StartFlags): ManagerPorts {
  const read = (name: string, given: string): number => {
    const port = Number(given)
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port
    throw usage(`--${name} ${given} is no port: 1 to 65535`)
  }
  return {
    coap: read('coap-port', flags.coapPort),
    http: read('http-port', flags.httpPort),
    join: read('join-port', flags.joinPort),
    registry: read('registry-port', flags.registryPort),
  }
}

/** `90m`, `24h`, `30d` → milliseconds. */
function readTime(given: string): number {
  const [, count, unitName = ''] = /^(\d{1,6})([smhd])$/.exec(given) ?? []
  const factors: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  const factor = factors[unitName]
  if (count === undefined || factor === undefined || Number(count) === 0)
    throw usage(`--valid ${given} is no time such as 90m, 24h or 30d`)
  return Number(count) * factor
}

function usage(reason: string): ShoalError {
  return new ShoalError('USAGE', { action: 'read', object: 'the command line', reason })
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
