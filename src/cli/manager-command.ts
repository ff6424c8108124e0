// `shoal manager`: the edge manager on the access point.
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { localAddresses } from '../discovery/interfaces.ts'
import { ShoalError } from '../model/errors.ts'
import { type ManagerPorts, usualPorts } from '../model/manager-ports.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import { packageVersion } from './package-version.ts'

interface StartFlags {
  readonly advertise?: string
  readonly data: string
  readonly runServices?: true
  readonly coapPort: string
  readonly httpPort: string
  readonly joinPort: string
  readonly registryPort: string
  readonly registryStorage?: string
  readonly valid: string
  /** False: `--no-token`. */
  readonly token: boolean
  readonly background?: true
}

const usualFolder = '/var/lib/shoal/manager'
const engineConfigFolder = '/etc/docker'

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
    .option('--data <folder>', 'key folder, looked at when no manager answers', usualFolder)
    .option('--json', 'print it as JSON')
    .action(async (flags: { manager?: string; data: string; json?: true }) => {
      const { showManagerStatus } = await import('./manager-status.ts')
      await showManagerStatus(io, flags)
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
    .option(
      '--registry-storage <folder>',
      'where the images of the cluster are kept (default: in the key folder)',
    )
    .option('--valid <time>', 'how long the token of the line to join with holds', '24h')
    .option('--no-token', 'print no line to join with; shoal manager token prints a token')
}

async function start(io: Io, flags: StartFlags): Promise<void> {
  const { startInBackground } = await import('./manager-background.ts')
  if (flags.background) {
    const argv = ['manager', 'start', ...startArguments(flags), '--valid', flags.valid]
    const line = await startInBackground(argv, flags.data, io.signal)
    if (flags.token) io.out(`${line}\n`)
    return
  }
  const { Manager } = await import('../manager/manager.ts')
  const validMs = readTime(flags.valid)
  const ports = readPorts(flags)
  const manager = new Manager({
    socketPath: localEngineSocket(io.env),
    keyFolder: resolve(flags.data),
    registryStorage: flags.registryStorage === undefined ? undefined : resolve(flags.registryStorage),
    address: await ownAddress(io, flags),
    runsServices: flags.runServices === true,
    ports,
    version: packageVersion(),
    log: (line) => io.err(`${new Date().toISOString()} ${line}\n`),
  })
  await manager.start(io.signal)
  try {
    if (flags.token) io.out(`shoal worker join --token ${manager.issueToken(validMs)}\n`)
    await new Promise<void>((ended) => {
      if (io.signal.aborted) ended()
      io.signal.addEventListener('abort', () => ended(), { once: true })
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
    resolve(flags.data),
    ...(flags.registryStorage === undefined ? [] : ['--registry-storage', resolve(flags.registryStorage)]),
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
  const { installUnit, renderManagerUnit } = await import('./manager-unit.ts')
  const { mkdir } = await import('node:fs/promises')
  const advertise = await ownAddress(io, flags)
  const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
  // A journal has many readers: no token in it.
  const argv = [program, 'manager', 'start', ...startArguments({ ...flags, advertise }), '--no-token']
  const storage = flags.registryStorage
  const folders = [flags.data, ...(storage === undefined ? [] : [storage])].map((folder) => resolve(folder))
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 })
  await mkdir(engineConfigFolder, { recursive: true })
  const { DOCKER_HOST } = io.env
  const unit = renderManagerUnit(argv, [...folders, engineConfigFolder], DOCKER_HOST ? { DOCKER_HOST } : {})
  io.out(`${await installUnit(unit)}\n`)
}

async function uninstall(io: Io): Promise<void> {
  const { managerUnit } = await import('./manager-unit.ts')
  const { runToEnd, unitFile } = await import('../worker/systemd.ts')
  const file = unitFile(managerUnit)
  if (!existsSync(file)) {
    io.out(`there is no ${file}; the keys and the Swarm, if there are any, stay\n`)
    return
  }
  await runToEnd(['systemctl', 'disable', '--now', managerUnit])
  await rm(file)
  await runToEnd(['systemctl', 'daemon-reload'])
  io.out(
    `took ${file} away; the keys in ${usualFolder}, the Swarm and its services stay: docker swarm leave --force ends those\n`,
  )
}

/** At which others reach this machine. Throws ShoalError MANAGER_ADDRESS, and what the Engine refuses. */
async function ownAddress(io: Io, { advertise }: StartFlags): Promise<string> {
  const { advertisedAddress } = await import('../manager/advertised-address.ts')
  const addresses = localAddresses()
  if (advertise !== undefined || addresses.length < 2) return advertisedAddress(advertise, addresses)
  const { Engine } = await import('../engine/engine.ts')
  const engine = new Engine({ socketPath: localEngineSocket(io.env), place: 'this machine' })
  try {
    const { swarm } = await engine.info({ signal: io.signal })
    return advertisedAddress(advertise, addresses, swarm.nodeAddress)
  } finally {
    engine.close()
  }
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
