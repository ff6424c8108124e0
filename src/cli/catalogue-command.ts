// `shoal catalogue`: Compose files that the cluster keeps, so that a client activates a service by its name alone.
import { Command } from 'commander'
import type { CatalogueEntryAnswer } from '../model/api/catalogue.ts'
import { apiRoutes } from '../model/api/routes.ts'
import { renderAge } from './age.ts'
import { composeRequest } from './compose-request.ts'
import { pushImagesOf } from './deploy-command.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, usageError, withManager } from './manager-option.ts'
import { Progress } from './progress.ts'
import { type Column, renderTable } from './table.ts'

interface CatalogueOptions extends ManagerOptions {
  readonly json?: true
}

export function catalogueCommand(io: Io): Command {
  const command = new Command('catalogue').description(
    'keeps Compose files in the cluster, to be activated by name',
  )
  withManager(command.command('add'))
    .description('keeps a Compose file under the name of its application, in place of the one before')
    .argument('<file>', 'a Compose file, or a service of Shoal’s own')
    .option('--json', 'print the entry as JSON')
    .action((word: string, options: CatalogueOptions) => add(io, word, options))
  withManager(command.command('ls'))
    .description('lists what may be activated by name')
    .option('--json', 'print it as JSON')
    .action((options: CatalogueOptions) => list(io, options))
  withManager(command.command('show'))
    .description('prints a Compose file of the catalogue')
    .argument('<name>', 'as shoal catalogue ls lists it')
    .option('--json', 'print it as JSON, with the names of the variables that were added with it')
    .action((name: string, options: CatalogueOptions) => show(io, name, options))
  withManager(command.command('rm'))
    .description('takes a Compose file out of the catalogue; what runs of it goes on')
    .argument('<name>', 'as shoal catalogue ls lists it')
    .action((name: string, options: CatalogueOptions) => remove(io, name, options))
  return command
}

async function add(io: Io, word: string, options: CatalogueOptions): Promise<void> {
  const request = await composeRequest(word, io.env)
  for (const warning of request.application.warnings) io.err(`warning: ${warning}\n`)
  const { name } = request.application
  const [file] = Object.keys(request.files)
  if (file !== undefined) {
    throw usageError(
      `${word} takes a secret or a config from the file ${file}, and the catalogue keeps the Compose file alone`,
      'write it under content, or into a variable that environment names; shoal deploy takes files',
    )
  }
  const client = await connectManager(io, options)
  const progress = new Progress(io)
  try {
    await pushImagesOf(io, request, client, progress, false)
    const entry = await client.ask(
      apiRoutes.putCatalogue,
      { params: { name }, body: request.file },
      { signal: io.signal },
    )
    progress.clear()
    if (options.json) printJson(io, entry)
    else io.out(`${name} is in the catalogue\n`)
  } finally {
    progress.clear()
  }
}

async function list(io: Io, options: CatalogueOptions): Promise<void> {
  const client = await connectManager(io, options)
  const answer = await client.ask(apiRoutes.catalogue, {}, { signal: io.signal })
  if (options.json) printJson(io, answer)
  else io.out(renderTable(columns(Date.now()), answer.entries))
}

async function show(io: Io, name: string, options: CatalogueOptions): Promise<void> {
  const client = await connectManager(io, options)
  const answer = await client.ask(apiRoutes.catalogueFile, { params: { name } }, { signal: io.signal })
  if (options.json) printJson(io, answer)
  else io.out(answer.compose.endsWith('\n') ? answer.compose : `${answer.compose}\n`)
}

async function remove(io: Io, name: string, options: CatalogueOptions): Promise<void> {
  const client = await connectManager(io, options)
  await client.ask(apiRoutes.removeCatalogue, { params: { name } }, { signal: io.signal })
  io.out(`${name} is no longer in the catalogue\n`)
}

function columns(nowMs: number): readonly Column<CatalogueEntryAnswer>[] {
  return [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'SERVICES', cell: ({ services }) => services.join(', ') },
    { title: 'ADDED', cell: ({ addedAt }) => `${renderAge(addedAt, nowMs)} ago` },
    { title: 'FROM', cell: ({ fileName }) => fileName },
  ]
}
