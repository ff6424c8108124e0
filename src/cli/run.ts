// The one place that reads argv and exits: builds the program, loads only the command that was asked for, prints errors in one form.
import { Command, CommanderError } from 'commander'
import { errorTable, renderError, ShoalError } from '../model/errors.ts'
import { type Io, ProgramExit } from './io.ts'

/** A command of the first level, loaded when it is asked for: start-up is part of every activation. */
export interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<(io: Io) => Command>
}

export type CommandTable = Readonly<Record<string, CommandEntry>>

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function run(
  commands: CommandTable,
  argv: readonly string[],
  io: Io,
  version: string,
): Promise<number> {
  const program = new Command('shoal')
    .description('Runs containerised IoT services on clustered devices at the network edge.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => {} })
  const words = argv.filter((word) => !word.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  for (const [name, command] of Object.entries(commands)) {
    if (name === asked) program.addCommand(adopt((await command.load())(io), program))
    else program.command(name).description(command.summary)
  }
  try {
    if (argv.length === 0) {
      io.out(program.helpInformation())
      return 2
    }
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    return report(error, io)
  }
}

/** Sub-commands inherit the output and the refusal to exit only when they are told to. */
function adopt(command: Command, program: Command): Command {
  command.copyInheritedSettings(program)
  for (const child of command.commands) adopt(child, command)
  return command
}

function report(error: unknown, io: Io): number {
  if (error instanceof ProgramExit) return error.exitCode
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    if (error.code === 'commander.help') return 2
    const reason = error.message.replace(/^error: /, '')
    io.err(
      `error[USAGE]: read, the command line: ${reason}\n  next: shoal --help, or --help after the command\n`,
    )
    return errorTable.USAGE.exitCode
  }
  if (error instanceof ShoalError) {
    io.err(`${renderError(error)}\n`)
    return errorTable[error.code].exitCode
  }
  if (io.signal.aborted) {
    const interrupted = new ShoalError('INTERRUPTED', {
      action: 'run',
      object: 'the command',
      reason: 'stopped by the user',
    })
    io.err(`${renderError(interrupted)}\n`)
    return errorTable.INTERRUPTED.exitCode
  }
  const internal = new ShoalError('INTERNAL', {
    action: 'run',
    object: 'the command',
    reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    nextStep: 'please report this with the lines above',
  })
  io.err(`${renderError(internal)}\n`)
  return errorTable.INTERNAL.exitCode
}
