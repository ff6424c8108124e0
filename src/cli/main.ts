// The commands of the product, each loaded when it is asked for.
import type { CommandTable } from './run.ts'

/** The commands that live in `src`; `bin/shoal.ts` adds those of the other rooms. */
export const productCommands: CommandTable = {
  coap: {
    summary: 'sends one CoAP request and prints the answer',
    load: async () => (await import('./coap-command.ts')).coapCommand,
  },
  pair: {
    summary: 'runs services on other devices over SSH, with no manager',
    load: async () => (await import('./pair-command.ts')).pairCommand,
  },
  manager: {
    summary: 'runs the edge manager of a cluster on this machine',
    load: async () => (await import('./manager-command.ts')).managerCommand,
  },
  worker: {
    summary: 'makes this device a worker of a cluster, and ends it',
    load: async () => (await import('./worker-command.ts')).workerCommand,
  },
  deploy: {
    summary: 'brings an application into the cluster, or up to date',
    load: async () => (await import('./deploy-command.ts')).deployCommand,
  },
  rm: {
    summary: 'removes applications from the cluster',
    load: async () => (await import('./rm-command.ts')).rmCommand,
  },
  scale: {
    summary: 'sets how many instances of services are to be active',
    load: async () => (await import('./scale-command.ts')).scaleCommand,
  },
  ps: {
    summary: 'lists the services of the cluster and their instances',
    load: async () => (await import('./ps-command.ts')).psCommand,
  },
  nodes: {
    summary: 'lists the nodes of the cluster',
    load: async () => (await import('./nodes-command.ts')).nodesCommand,
  },
  devices: {
    summary: 'lists the devices of the nodes and who holds them',
    load: async () => (await import('./devices-command.ts')).devicesCommand,
  },
  events: {
    summary: 'prints what happens in the cluster',
    load: async () => (await import('./events-command.ts')).eventsCommand,
  },
  logs: {
    summary: 'prints what the instances of a service have written',
    load: async () => (await import('./logs-command.ts')).logsCommand,
  },
  explain: {
    summary: 'tells where a service can run, and for each node why not',
    load: async () => (await import('./explain-command.ts')).explainCommand,
  },
  catalogue: {
    summary: 'keeps Compose files in the cluster, to be activated by name',
    load: async () => (await import('./catalogue-command.ts')).catalogueCommand,
  },
  status: {
    summary: 'tells how the manager and its cluster are',
    load: async () => (await import('./status-command.ts')).statusCommand,
  },
  board: {
    summary: 'runs a simulated board: sensors and actuators that behave as a script says',
    load: async () => (await import('./board-command.ts')).boardCommand,
  },
  sample: {
    summary: 'records CPU, load, memory, network and power of this machine',
    load: async () => (await import('./sample-command.ts')).sampleCommand,
  },
  image: {
    summary: 'builds the images of the services, lists them, and pushes images to a cluster',
    load: async () => (await import('./image-command.ts')).imageCommand,
  },
}
