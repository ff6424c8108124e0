// Runs on a manager of Swarm: waits for an instance on another node than the one named, and for its first CoAP answer.
import { text } from 'node:stream/consumers'
import { waitForAnswer } from '../../src/coap/wait-for-answer.ts'
import { Engine } from '../../src/engine/engine.ts'

const { service, not, limitMs } = JSON.parse(await text(process.stdin)) as {
  service: string
  not: string
  limitMs: number
}
const engine = new Engine({ socketPath: '/var/run/docker.sock', place: 'this machine' })
const id = (await engine.services.inspect(service))?.id ?? ''
const nodes = new Map((await engine.nodes.list()).map((node) => [node.id, node.address]))
const endsAt = performance.now() + limitMs
for (;;) {
  const instances = await engine.tasks.list({ serviceId: id, desiredState: 'running' })
  const found = instances.find(
    ({ state, nodeId, ports }) => state === 'running' && ports.length > 0 && nodes.get(nodeId ?? '') !== not,
  )
  if (found !== undefined) {
    const uri = `coap://${nodes.get(found.nodeId ?? '')}:${found.ports[0]?.hostPort}/.well-known/core`
    if (await waitForAnswer(uri, AbortSignal.timeout(30_000))) break
  }
  if (performance.now() > endsAt) throw new Error('no replacement answered')
  await new Promise((resolve) => setTimeout(resolve, 20))
}
process.stdout.write(`${JSON.stringify({ atNs: String(process.hrtime.bigint()) })}\n`)
engine.close()
