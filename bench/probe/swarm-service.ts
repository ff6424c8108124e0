// Runs on the manager: the same service by Swarm's API directly, or by the docker command; until its first CoAP answer. Prints one line of milliseconds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { waitForAnswer } from '../../src/coap/wait-for-answer.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { RegistryAuth } from '../../src/engine/registry-auth.ts'
import { parseCompose } from '../../src/model/compose/parse-compose.ts'
import { renderSwarmService } from '../../src/model/swarm-service.ts'

const { way, image, composeFile, auth } = JSON.parse(await text(process.stdin)) as {
  way: 'api' | 'cli'
  image: string
  composeFile: string
  auth: RegistryAuth
}
const application = parseCompose(await readFile(composeFile, 'utf8'), {
  mode: 'cluster',
  fileName: composeFile,
})
const [service] = application.services
if (service === undefined) throw new Error(`${composeFile} has no service`)
const spec = {
  ...renderSwarmService(application, service, {
    image,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    secretIds: new Map(),
    configIds: new Map(),
  }),
  Name: 'bench-direct',
  // Not an application of Shoal's: the manager is to leave it alone.
  Labels: {},
}
const engine = new Engine({ socketPath: '/var/run/docker.sock', place: 'this machine' })
await waitForAnswer('coap://127.0.0.1:9/', AbortSignal.timeout(50))
const nodes = new Map((await engine.nodes.list()).map(({ id, address }) => [id, address]))

const startedAt = performance.now()
if (way === 'api') await engine.services.create(spec, { registryAuth: auth })
else await createByCommand()
const id = (await engine.services.inspect('bench-direct'))?.id ?? ''
let endpoint: string | undefined
while (endpoint === undefined && performance.now() - startedAt < 60_000) {
  const [instance] = await engine.tasks.list({ serviceId: id, desiredState: 'running' })
  const port = instance?.ports.find(({ containerPort }) => containerPort === 5683)?.hostPort
  if (instance?.state === 'running' && port !== undefined)
    endpoint = `coap://${nodes.get(instance.nodeId ?? '')}:${port}`
  else await new Promise((resolve) => setTimeout(resolve, 12))
}
const answered =
  endpoint !== undefined && (await waitForAnswer(`${endpoint}/.well-known/core`, AbortSignal.timeout(30_000)))
const activationMs = performance.now() - startedAt
await engine.services.remove(id)
while ((await engine.tasks.list({ serviceId: id }).catch(() => [])).length > 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
engine.close()
if (!answered) throw new Error('no CoAP answer')
process.stdout.write(`${JSON.stringify({ activationMs })}\n`)

async function createByCommand(): Promise<void> {
  const child = spawn(
    'docker',
    [
      ...['service', 'create', '--detach', '--quiet', '--name', 'bench-direct', '--with-registry-auth'],
      ...['--publish', 'mode=host,target=5683,protocol=udp', '--read-only', '--user', '65532:65532'],
      ...['--cap-drop', 'ALL', '--limit-memory', '192m', '--restart-delay', '0s', image],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`docker service create ended with ${code}`)
}
