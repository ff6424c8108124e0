// `shoal deploy`: brings an application into the cluster, or up to date.
import { Command } from 'commander'
import { ImageStore } from '../image/image-store.ts'
import { type DeploymentLine, deploymentLine, type PlanAnswer } from '../model/api/deployment.ts'
import { readErrorAnswer } from '../model/api/error.ts'
import { apiRoutes } from '../model/api/routes.ts'
import { ShoalError } from '../model/errors.ts'
import { type ComposeRequest, composeRequest } from './compose-request.ts'
import { imageStoreFolder } from './image-store-folder.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import type { ManagerOptions } from './locate-manager.ts'
import type { ManagerClient } from './manager-client.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'
import { Progress } from './progress.ts'
import { renderServices } from './ps-command.ts'
import { type PushedLocal, pushLocalImages } from './push-local-images.ts'

interface DeployOptions extends ManagerOptions {
  readonly dryRun?: true
  readonly wait: boolean
  readonly json?: true
}

/** The plan may have to wait for another registry, image by image. */
const planMs = 120_000

export function deployCommand(io: Io): Command {
  return withManager(new Command('deploy'))
    .description('brings an application into the cluster, or up to date; twice is the same as once')
    .argument('<file>', 'a Compose file, or a service of Shoal’s own')
    .option('--dry-run', 'only print the plan; nothing is changed, nothing is sent')
    .option('--no-wait', 'do not wait until the instances answer')
    .option('--json', 'print the result as JSON')
    .action((word: string, options: DeployOptions) => deploy(io, word, options))
}

async function deploy(io: Io, word: string, options: DeployOptions): Promise<void> {
  const request = await composeRequest(word, io.env)
  for (const warning of request.application.warnings) io.err(`warning: ${warning}\n`)
  const client = await connectManager(io, options)
  const progress = new Progress(io)
  try {
    const pushed = await pushImagesOf(io, request, client, progress, options.dryRun === true)
    if (options.dryRun) await dryRun(io, request, client, pushed, options)
    else await carryOut(io, request, client, progress, options)
  } finally {
    progress.clear()
  }
}

/** Those that this machine has and the manager's registry has not, or has otherwise. */
export async function pushImagesOf(
  io: Io,
  { application }: ComposeRequest,
  client: ManagerClient,
  progress: Progress,
  isDryRun: boolean,
): Promise<readonly PushedLocal[]> {
  const pushed = await pushLocalImages(
    application.services.map(({ image }) => image),
    { store: new ImageStore({ folder: imageStoreFolder(io.env) }), engineSocket: localEngineSocket(io.env) },
    {
      managerUrl: client.baseUrl,
      signal: io.signal,
      dryRun: isDryRun,
      onStart: (reference) => progress.show(reference, `sends ${reference} to the registry of the manager`),
      onProgress: (reference, doneBytes, totalBytes) =>
        progress.show(reference, `sends ${reference} to the registry of the manager`, {
          doneBytes,
          totalBytes,
        }),
      onWarning: (text) => progress.say(`warning: ${text}`),
    },
  )
  if (!isDryRun) for (const { reference } of pushed) progress.end(reference)
  return pushed
}

async function dryRun(
  io: Io,
  { file, files }: ComposeRequest,
  client: ManagerClient,
  pushed: readonly PushedLocal[],
  { json }: DeployOptions,
): Promise<void> {
  const plan = await planOf(client, { ...file, files }, pushed, io.signal)
  if (json) {
    printJson(io, { plan: plan ?? null, push: pushed })
    return
  }
  for (const { reference, from, architectures } of pushed)
    io.out(`  > send ${reference} (${architectures.join(', ')}) from the ${from} to the registry\n`)
  io.out(
    plan === undefined
      ? 'the rest of the plan can be made when the images are in the registry\n'
      : `${plan.text}\n`,
  )
}

/** Undefined where it hangs on images that a real run would send first. */
async function planOf(
  client: ManagerClient,
  file: ComposeRequest['file'] & Pick<ComposeRequest, 'files'>,
  pushed: readonly PushedLocal[],
  signal: AbortSignal,
): Promise<PlanAnswer | undefined> {
  try {
    return await client.ask(
      apiRoutes.deploy,
      { body: { ...file, dryRun: true } },
      { signal, deadlineMs: planMs },
    )
  } catch (error) {
    const hangsOnImage = error instanceof ShoalError && error.code === 'IMAGE_UNKNOWN' && pushed.length > 0
    if (hangsOnImage) return undefined
    throw error
  }
}

async function carryOut(
  io: Io,
  { application, file, files }: ComposeRequest,
  client: ManagerClient,
  progress: Progress,
  { wait, json }: DeployOptions,
): Promise<void> {
  let plan: PlanAnswer | undefined
  try {
    const lines = client.lines(
      apiRoutes.deploy,
      deploymentLine,
      { body: { ...file, files, wait } },
      { signal: io.signal, deadlineMs: planMs },
    )
    for await (const line of lines) {
      if (line.type === 'plan') {
        plan = line.plan
        progress.say(plan.text)
        progress.show(
          'deploy',
          wait ? `waits until ${application.name} answers` : `deploys ${application.name}`,
        )
      } else if (line.type === 'progress') {
        progress.say(line.text)
      } else {
        progress.clear()
        return finish(io, line, plan, json === true)
      }
    }
  } catch (error) {
    if (!io.signal.aborted) throw error
    throw new ShoalError('INTERRUPTED', {
      action: 'deploy',
      object: application.name,
      reason:
        plan === undefined
          ? 'stopped by the user before anything was changed'
          : 'stopped by the user; the manager goes on with it',
      ...(plan === undefined ? {} : { nextStep: `shoal ps ${application.name} shows how far it is` }),
      cause: error,
    })
  }
  throw new ShoalError('MANAGER_UNREACHABLE', {
    action: 'deploy',
    object: application.name,
    place: client.baseUrl,
    reason: 'the manager ended in the middle of it',
    nextStep: 'deploy once more when it is up: what is done stays done',
  })
}

function finish(
  io: Io,
  line: Extract<DeploymentLine, { type: 'done' | 'error' }>,
  plan: PlanAnswer | undefined,
  isJson: boolean,
): void {
  if (line.type === 'error') throw readErrorAnswer(line)
  const { application, changed, services } = line
  if (isJson) printJson(io, { application, changed, plan: plan ?? null, services })
  else io.out(renderServices(services, Date.now()))
}
