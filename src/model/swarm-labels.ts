// The labels that a Swarm service and its containers share: what they are of, and how they answer.
import type { Service } from './application.ts'
import { clusterLabel } from './cluster/labels.ts'

export function sharedLabels(application: string, service: Service): Readonly<Record<string, string>> {
  const { coap, ready, network } = service
  return {
    [clusterLabel.stack]: application,
    [clusterLabel.mode]: 'cluster',
    [clusterLabel.application]: application,
    [clusterLabel.service]: service.name,
    [clusterLabel.readyMs]: String(ready.timeoutMs),
    ...(network === 'host' ? { [clusterLabel.network]: 'host' } : {}),
    ...(coap.port === undefined
      ? {}
      : { [clusterLabel.coapPort]: String(coap.port), [clusterLabel.coapPath]: coap.path }),
  }
}
