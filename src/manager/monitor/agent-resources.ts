// The monitor's side of the agents' CoAP: `POST /agents/NODE` takes reports, `GET /agents/NODE/orders` tells orders and is observable.
import { Code } from '../../coap/codes.ts'
import { ContentFormat } from '../../coap/content-format.ts'
import type { CoapReply, CoapRequest, Router } from '../../coap/router.ts'
import { decodeReport, encodeOrders } from '../../model/cluster/agent-codec.ts'
import type { Monitor } from './monitor.ts'

/** A node with a hundred instances reports some kilobytes. */
const mostReportBytes = 64 * 1024
/** The tag in the reports' answers tells of a lost registration long before: renewing it costs bytes and finds nothing. */
const ordersMaxAgeS = 3600

export function addAgentResources(router: Router, monitor: Monitor): void {
  router.addTree('/agents', {
    consumes: [ContentFormat.Cbor],
    post: (request) => takeReport(request, monitor),
    get: (request) => tellOrders(request, monitor),
    changes: ({ path }, listener) => monitor.onOrders(path[1] ?? '', listener),
  })
}

async function takeReport({ path, payload, remote }: CoapRequest, monitor: Monitor): Promise<CoapReply> {
  const [, nodeId = '', ...rest] = path
  if (nodeId === '' || rest.length > 0) return { code: Code.NotFound, payload: 'POST /agents/NODE' }
  if (payload.length > mostReportBytes) return { code: Code.RequestEntityTooLarge }
  const report = decodeReport(payload)
  if (report === undefined) return { code: Code.BadRequest, payload: 'no report of an agent' }
  const answer = await monitor.report(nodeId, report, { isLocal: isLoopback(remote.address) })
  switch (answer.kind) {
    case 'unknown-node':
      return { code: Code.NotFound, payload: 'Swarm knows no such node' }
    case 'as-before':
      return { code: Code.Changed }
    case 'whole':
      return { code: Code.Valid }
    case 'orders':
      return { code: Code.Content, contentFormat: ContentFormat.Cbor, payload: encodeOrders(answer.orders) }
  }
}

function tellOrders({ path }: CoapRequest, monitor: Monitor): CoapReply {
  const [, nodeId = '', what, ...rest] = path
  if (what !== 'orders' || rest.length > 0) return { code: Code.NotFound, payload: 'GET /agents/NODE/orders' }
  return {
    code: Code.Content,
    contentFormat: ContentFormat.Cbor,
    maxAge: ordersMaxAgeS,
    payload: encodeOrders(monitor.orders(nodeId)),
  }
}

function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === '::1'
}
