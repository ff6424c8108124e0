// /api/v1/services: look at services, scale them, explain where they can run, read what they write.

import type { ServiceLogLine } from '../../../engine/service-log.ts'
import type { LogLine } from '../../../model/api/log.ts'
import type { ServiceAnswer } from '../../../model/api/service.ts'
import type { ClusterSnapshot } from '../../../model/cluster/snapshot.ts'
import { preferred } from './accept.ts'
import type { Handlers } from './api-reply.ts'
import { findService, noSuchService } from './find-service.ts'
import { jsonLines, textLines } from './line-stream.ts'
import type { HttpParts } from './parts.ts'
import { representExplanation, representService } from './representation.ts'

type Names = 'services' | 'service' | 'scale' | 'explain' | 'logs'

export function serviceHandlers(parts: HttpParts): Pick<Handlers, Names> {
  const { view, views, deployer, logs } = parts
  const all = (): ServiceAnswer[] => views().map((each) => representService(each, view.snapshot()))
  const one = (application: string, service: string): ServiceAnswer | undefined =>
    all().find((each) => each.application === application && each.service === service)
  return {
    services: ({ query: { application } }) => ({
      json: {
        services: all().filter((each) => application === undefined || each.application === application),
      },
    }),
    service: async ({ params, signal }) => {
      await findService(params, parts, signal)
      const found = one(params.application, params.service)
      if (found === undefined) throw noSuchService(params, view.snapshot())
      return { json: found }
    },
    scale: async ({ params, body, signal, lifetime }) => {
      const { application, service } = params
      await findService(params, parts, signal)
      await deployer.setActive(application, service, body.active, { signal: lifetime })
      await view.refresh({ signal: lifetime })
      const found = one(application, service)
      if (found === undefined) throw noSuchService(params, view.snapshot())
      return { json: found }
    },
    explain: async ({ params, signal }) => {
      const service = await findService(params, parts, signal)
      return {
        json: representExplanation(service, view.snapshot(), (node) => parts.liveness.devicesOf(node)),
      }
    },
    logs: async ({ params, query: { follow, tail }, accept, signal }) => {
      const { id, name } = await findService(params, parts, signal)
      const lines = named(logs(id, { follow, tail, signal }), name, () => view.snapshot())
      return preferred(accept, ['text/plain', 'application/x-ndjson']) === 'text/plain'
        ? textLines(asText(lines))
        : jsonLines(lines)
    },
  }
}

/** The Engine's ids in words. */
async function* named(
  lines: AsyncIterable<ServiceLogLine>,
  service: string,
  snapshot: () => ClusterSnapshot,
): AsyncGenerator<LogLine> {
  for await (const { stream, atMs, instanceId, nodeId, text } of lines) {
    const { instances, nodes } = snapshot()
    const slot = instances.find(({ id }) => id === instanceId)?.slot
    yield {
      stream,
      at: atMs === undefined ? null : new Date(atMs).toISOString(),
      instance: instanceId === undefined ? null : `${service}.${slot ?? instanceId}`,
      node: nodes.find(({ id }) => id === nodeId)?.name ?? nodeId ?? null,
      text,
    }
  }
}

/** `climate.1@worker1 | text` */
async function* asText(lines: AsyncIterable<LogLine>): AsyncGenerator<string> {
  for await (const { instance, node, text } of lines)
    yield instance === null ? text : `${instance}@${node ?? '?'} | ${text}`
}
