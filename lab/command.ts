// `shoal lab`: an emulated edge on this machine, from the command line.
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Argument, Command, InvalidArgumentError } from 'commander'
import { type Io, ProgramExit } from '../src/cli/io.ts'
import { Progress } from '../src/cli/progress.ts'
import { ShoalError } from '../src/model/errors.ts'
import { chooseLab } from './choose-lab.ts'
import { Lab, type LabHost } from './lab.ts'
import { defaultDataFolder, labPaths } from './lab-paths.ts'
import { renderLabStatus, renderWelcome } from './render-status.ts'
import { runAttached } from './run-attached.ts'
import { takeDown } from './take-down.ts'
import { defaultTopology, parseTopology, type Topology } from './topology.ts'

interface LabOptions {
  readonly name?: string
  readonly data?: string
}

export function labCommand(io: Io): Command {
  const command = new Command('lab').description(
    'an emulated edge on this machine: hosts with real engines and sshds, joined by links',
  )
  onLab(command.command('up'), 'of the lab to make; default: the topology’s')
    .argument('[topology]', 'YAML file; default: manager, worker1, worker2 and client on one switch')
    .description('brings a lab up; undoes it when it fails or is stopped')
    .action((file: string | undefined, options: LabOptions) => bringUp(io, file, options))
  onLab(command.command('down'))
    .description('takes a lab down, whatever state it is in; nothing of it is left')
    .action((options: LabOptions) => bringDown(io, options))
  onLab(command.command('status'))
    .description('what answers, and what each link carries, measured: about a second a link')
    .option('--json', 'print it as JSON')
    .option('--quick', 'do not measure')
    .action((options: LabOptions & { json?: true; quick?: true }) => showStatus(io, options))
  onLab(command.command('exec'))
    .argument('<host>')
    .argument('<command...>', 'after --: the program and its arguments')
    .option('-e, --env <name=value>', 'set in its environment; may be repeated', collectEnv, {})
    .description('runs a program in a host, on this terminal, with its exit code')
    .action((host: string, argv: string[], options: LabOptions & { env: Record<string, string> }) =>
      execute(io, host, argv, options),
    )
  onHost(io, command, 'link', 'pulls the wires of a host out, or puts them back', {
    down: (host) => host.cutLink(),
    up: (host) => host.mendLink(),
  })
  onHost(io, command, 'power', 'pulls the plug of a host, or boots it again', {
    off: (host) => host.powerOff(),
    on: (host) => host.powerOn(io.signal),
  })
  onHost(io, command, 'engine', 'stops, kills or starts the engine of a host', {
    stop: (host) => host.stopEngine('SIGTERM'),
    kill: (host) => host.stopEngine('SIGKILL'),
    start: (host) => host.startEngine(io.signal),
  })
  return command
}

function onLab(command: Command, ofWhat = 'of the lab; needed when there are several'): Command {
  return command
    .option('-n, --name <name>', ofWhat)
    .option('--data <folder>', `where labs keep their files; default: $SHOAL_LAB_DIR or ${defaultDataFolder}`)
}

/** A command that does one of several things to a host. */
function onHost(
  io: Io,
  parent: Command,
  name: string,
  description: string,
  verbs: Readonly<Record<string, (host: LabHost) => Promise<void>>>,
): void {
  onLab(parent.command(name))
    .argument('<host>')
    .addArgument(new Argument('<what>').choices(Object.keys(verbs)))
    .description(description)
    .action(async (host: string, what: string, options: LabOptions) => {
      const lab = await openLab(io, options)
      await verbs[what]?.(lab.host(host))
    })
}

async function bringUp(io: Io, file: string | undefined, options: LabOptions): Promise<void> {
  const topology = file === undefined ? defaultTopology() : readTopology(file)
  const progress = new Progress(io)
  const startedAt = performance.now()
  const lab = await Lab.up(topology, {
    dataFolder: dataFolderOf(io, options),
    signal: io.signal,
    progress: (line) => progress.show('up', line),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(io.env.SHOAL_BOARD_CACHE ? { boardCache: io.env.SHOAL_BOARD_CACHE } : {}),
  }).finally(() => progress.clear())
  const status = await lab.status({ measure: false, signal: io.signal })
  io.out(renderWelcome(status, performance.now() - startedAt))
}

async function bringDown(io: Io, options: LabOptions): Promise<void> {
  const dataFolder = dataFolderOf(io, options)
  const name = chooseLab(options.name, dataFolder)
  const wasUp = name !== undefined && (await takeDown(labPaths(dataFolder, name)))
  if (name === undefined) io.out('no lab was up\n')
  else io.out(wasUp ? `lab "${name}" is down\n` : `lab "${name}" was not up\n`)
}

async function showStatus(io: Io, options: LabOptions & { json?: true; quick?: true }): Promise<void> {
  const lab = await openLab(io, options)
  const status = await lab.status({ measure: options.quick !== true, signal: io.signal })
  io.out(options.json ? `${JSON.stringify(status, null, 2)}\n` : renderLabStatus(status))
}

async function execute(
  io: Io,
  hostName: string,
  argv: readonly string[],
  options: LabOptions & { env: Record<string, string> },
): Promise<void> {
  const lab = await openLab(io, options)
  const host = lab.host(hostName)
  const here = process.cwd()
  const env = { ...terminalEnvironment(io.env), ...options.env }
  const exitCode = await runAttached(host.attach(argv, { env, cwd: host.sees(here) ? here : '/root' }))
  if (exitCode !== 0) throw new ProgramExit(exitCode)
}

async function openLab(io: Io, options: LabOptions): Promise<Lab> {
  const dataFolder = dataFolderOf(io, options)
  const name = chooseLab(options.name, dataFolder)
  if (name !== undefined) return Lab.open(name, dataFolder)
  throw new ShoalError('LAB_NOT_UP', {
    action: 'open',
    object: 'the lab',
    place: dataFolder,
    reason: 'no lab is up',
    nextStep: 'shoal lab up',
  })
}

function dataFolderOf(io: Io, { data }: LabOptions): string {
  return data ?? io.env.SHOAL_LAB_DIR ?? defaultDataFolder
}

function readTopology(file: string): Topology {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ShoalError('FILE_UNREADABLE', { action: 'read', object: file, reason, cause })
  }
  return parseTopology(text, file)
}

/** What a program needs to know of the terminal; the rest of the environment is the host's own. */
function terminalEnvironment(env: Io['env']): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && /^(TERM|COLORTERM|NO_COLOR|LANG|LC_\w+)$/.test(entry[0]),
  )
  return Object.fromEntries(kept)
}

function collectEnv(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('It is NAME=VALUE.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}
