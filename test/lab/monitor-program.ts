// The monitor without the rest of a manager: CoAP on 5683, events as lines of JSON on stdout, `{"serviceId": …, "active": …}` on stdin.
import process from 'node:process'
import { createInterface } from 'node:readline'
import { Router } from '../../src/coap/router.ts'
import { CoapServer } from '../../src/coap/server.ts'
import { Engine } from '../../src/engine/engine.ts'
import { EventLog } from '../../src/manager/event-log.ts'
import { addAgentResources } from '../../src/manager/monitor/agent-resources.ts'
import { Monitor } from '../../src/manager/monitor/monitor.ts'
import { ClusterView } from '../../src/manager/swarm/cluster-view.ts'

const { signal } = new AbortController()
const engine = new Engine({ socketPath: '/var/run/docker.sock', place: 'this machine' })
const view = new ClusterView({ engine })
const events = new EventLog()
const monitor = new Monitor({ engine, view, events, wantedImages: () => new Map() })
const router = new Router()
addAgentResources(router, monitor)
const server = new CoapServer({ router })
events.follow((event) => console.log(JSON.stringify(event)))
await view.start(signal)
monitor.start(signal)
await server.start({ port: 5683, address: '0.0.0.0', signal })
console.log(JSON.stringify({ kind: 'ready' }))
for await (const line of createInterface({ input: process.stdin })) {
  const { serviceId, active } = JSON.parse(line) as { serviceId: string; active: number }
  await monitor.applyCounts(serviceId, active)
}
process.exit(0)
