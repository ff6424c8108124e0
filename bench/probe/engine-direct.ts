// Runs on the device: the Engine API used directly, the least that an activation can take. Prints one line of milliseconds.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { waitForAnswer } from '../../src/coap/wait-for-answer.ts'
import { Engine } from '../../src/engine/engine.ts'
import { parseCompose } from '../../src/model/compose/parse-compose.ts'
import { renderContainer } from '../../src/model/container.ts'
import { coapEndpoint, probeUri } from '../../src/pair/coap-endpoint.ts'

const { composeFile, address } = JSON.parse(await text(process.stdin)) as {
  composeFile: string
  address: string
}
const [service] = parseCompose(await readFile(composeFile, 'utf8'), { fileName: composeFile }).services
if (service === undefined) throw new Error(`${composeFile} has no service`)
const { body } = renderContainer(service, { application: 'direct', index: 1 })
const engine = new Engine({ socketPath: '/var/run/docker.sock', place: 'this machine' })
// The CoAP client is loaded, as it is in a program that runs for longer than one activation.
await waitForAnswer('coap://127.0.0.1:9/', AbortSignal.timeout(50))

const startedAt = performance.now()
const { id } = await engine.containers.create('direct', body)
const createdAt = performance.now()
await engine.containers.start(id, 'direct')
const runsAt = performance.now()
const seen = await engine.containers.inspect(id)
const endpoint =
  seen === undefined
    ? undefined
    : coapEndpoint({ coapPort: service.coap.port, isHostNetwork: false, ports: seen.ports }, address)
if (endpoint === undefined) throw new Error('the container publishes no CoAP port')
const answered = await waitForAnswer(probeUri(service.coap, endpoint), AbortSignal.timeout(30_000))
const readyAt = performance.now()
await engine.containers.remove(id, 'direct')
engine.close()
if (!answered) throw new Error('no CoAP answer within 30 s')
process.stdout.write(
  `${JSON.stringify({ createMs: createdAt - startedAt, startMs: runsAt - createdAt, readyMs: readyAt - runsAt, activationMs: readyAt - startedAt })}\n`,
)
