// The labels that tell Shoal and Docker's own tools what a Swarm service, its containers and its nodes are.

/** On a Swarm service and, where marked, on its containers too. */
export const clusterLabel = Object.freeze({
  /** `docker stack ls` and Portainer group by it. Service and container. */
  stack: 'com.docker.stack.namespace',
  /** The image as the user wrote it. Service. */
  stackImage: 'com.docker.stack.image',
  /** `cluster`. Service and container. */
  mode: 'shoal.mode',
  /** Service and container. */
  application: 'shoal.application',
  /** Its name in the Compose file. Service and container. */
  service: 'shoal.service',
  /** `1` on the service that an application is known by: its name alone means this one. Service. */
  front: 'shoal.front',
  /** How many instances are to be active; the rest of Swarm’s replicas stand by, paused. Service. */
  active: 'shoal.active',
  /** How many the Compose file wanted active when it was deployed last: while it says the same, what was set since stays. Service. */
  declared: 'shoal.declared',
  /** Ids of nodes that must not take an instance while a device is absent there (bars.ts). Service. */
  barred: 'shoal.barred',
  /** On a service that tries a new version beside the one that runs, for a moment: the application. */
  trial: 'shoal.trial',
  /** How many are to stand by. Service; on the container `1` where the service has any. */
  standby: 'shoal.standby',
  /** Hash of what the Compose file says of it: equal hashes need no update. Service. */
  spec: 'shoal.spec',
  /** UDP port in the container; left out where it does not speak CoAP. Service and container. */
  coapPort: 'shoal.coap.port',
  /** Resource that is asked. Service and container. */
  coapPath: 'shoal.coap.path',
  /** Milliseconds that an instance may take until it is ready. Service and container. */
  readyMs: 'shoal.ready.ms',
  /** `host` where its ports are the node’s own without mapping. Service and container. */
  network: 'shoal.network',
  /** Of a Swarm config: the name of the catalogue entry that it holds. */
  catalogue: 'shoal.catalogue',
  /** Of a node that is silent: since when the monitor sets it aside, ISO 8601. */
  away: 'shoal.away',
  /** Of a node, with the one above: `yes`. `reachableOnly` is held against it. */
  silent: 'shoal.silent',
  /** Of a node: it said goodbye, and goes from the list once Swarm sees it down; its value is the availability that it had. */
  leaving: 'shoal.leaving',
  /** Docker’s own, on the container. */
  taskId: 'com.docker.swarm.task.id',
  serviceId: 'com.docker.swarm.service.id',
  nodeId: 'com.docker.swarm.node.id',
} as const)

export const silentValue = 'yes'

/**
 * On every service of Shoal. The moment that a node's label says otherwise, Swarm's constraint enforcer gives up the instances there and has
 * others made elsewhere, without waiting for a node that cannot be asked to stop anything.
 */
export const reachableOnly = `node.labels.${clusterLabel.silent}!=${silentValue}`
