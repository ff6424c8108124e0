// `shoal board`: runs a simulated board, and asks one that runs.
import { Command } from 'commander'
import type { BoardAddress } from '../board/control-client.ts'
import type { ControlRequest } from '../board/wire/control-request.ts'
import type { BoardRunOptions } from './board-run.ts'
import type { Io } from './io.ts'
import { printJson, usageError } from './manager-option.ts'

/** Where a worker looks for boards. */
const usualFolder = '/run/shoal/boards'

interface BoardOptions {
  readonly folder: string
  readonly json?: true
}

interface SetOptions extends BoardOptions {
  readonly reading?: string
}

export function boardCommand(io: Io): Command {
  const command = new Command('board').description(
    'runs a simulated board: sensors and actuators that behave as a script says',
  )
  withFolder(command.command('run'))
    .description('runs a board until it is stopped; its folder goes with it')
    .argument('<script>', 'a YAML file; docs/simulated-board.md has every key')
    .option('--record <file>', 'append what the actuators do to a file, one JSON object a line')
    .option('--json', 'print the board, and then what the actuators do, as one JSON object a line')
    .action(async (file: string, options: BoardRunOptions) => {
      const { runBoard } = await import('./board-run.ts')
      await runBoard(io, file, options)
    })
  withFolder(command.command('status'))
    .description('shows a board that runs: its devices and what they are at')
    .argument('<name>', 'of the board')
    .option('--json', 'print it as JSON')
    .action((name: string, options: BoardOptions) => show(io, name, options, { op: 'status' }))
  withFolder(command.command('record'))
    .description('prints what the actuators of a board have done: its last 10,000 edges')
    .argument('<name>', 'of the board')
    .option('--json', 'print it as JSON')
    .action((name: string, options: BoardOptions) => show(io, name, options, { op: 'record' }))
  withFolder(command.command('set'))
    .description('sets what a sensor sees, in place of the script')
    .argument('<name>', 'of the board')
    .argument('<device>', 'a sensor of it')
    .argument('<value>', 'a number; 0 or 1 for a flame or a sound; script to give it back to the script')
    .option('--reading <reading>', 'of a sensor with several: humidity or temperature (default: its first)')
    .action((name: string, device: string, word: string, options: SetOptions) => {
      const value = parseValue(word)
      const reading = options.reading === undefined ? {} : { reading: options.reading }
      return change(io, name, options, { op: 'set', device, value, ...reading })
    })
  for (const op of ['unplug', 'replug'] as const) {
    withFolder(command.command(op))
      .description(op === 'unplug' ? 'takes a device off a board' : 'puts a device back')
      .argument('<name>', 'of the board')
      .argument('<device>', 'a device of it')
      .action((name: string, device: string, options: BoardOptions) =>
        change(io, name, options, { op, device }),
      )
  }
  return command
}

function withFolder(command: Command): Command {
  return command.option('--folder <folder>', 'where the folders of boards are', usualFolder)
}

function parseValue(word: string): number | null {
  if (word === 'script') return null
  const value = Number(word)
  if (word.trim() !== '' && Number.isFinite(value)) return value
  throw usageError(`${word} is no value`, 'a number, or script to give the device back to its script')
}

async function show(
  io: Io,
  name: string,
  options: BoardOptions,
  request: ControlRequest & { readonly op: 'status' | 'record' },
): Promise<void> {
  const { ok: _, ...answer } = await ask(io, { root: options.folder, name }, request)
  if (options.json) {
    printJson(io, answer)
    return
  }
  const { renderRecord, renderStatus } = await import('./board-words.ts')
  io.out(request.op === 'status' ? renderStatus(answer) : renderRecord(answer))
}

async function change(io: Io, name: string, options: BoardOptions, request: ControlRequest): Promise<void> {
  await ask(io, { root: options.folder, name }, request)
}

async function ask(
  io: Io,
  address: BoardAddress,
  request: ControlRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const { askBoard } = await import('../board/control-client.ts')
  return await askBoard(address, request, io.signal)
}
