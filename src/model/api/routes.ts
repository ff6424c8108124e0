// Every route of the manager's HTTP API below /api/v1.
import { z } from 'zod'
import { activationAnswer, activationParams, activationRequest } from './activation.ts'
import { applicationParams, applicationsAnswer } from './application.ts'
import { catalogueAnswer, catalogueEntryAnswer, catalogueFileAnswer, catalogueParams } from './catalogue.ts'
import {
  composeFile,
  deploymentLine,
  deployRequest,
  imagesAnswer,
  imagesRequest,
  planAnswer,
} from './deployment.ts'
import { devicesAnswer } from './device.ts'
import { eventAnswer, eventsAnswer, eventsQuery } from './event.ts'
import { explanationAnswer } from './explanation.ts'
import { logLine, logQuery } from './log.ts'
import { nodesAnswer } from './node.ts'
import { route } from './route.ts'
import { scaleRequest, serviceAnswer, serviceParams, servicesAnswer, servicesQuery } from './service.ts'
import { statusAnswer } from './status.ts'

export const apiRoutes = Object.freeze({
  status: route({
    method: 'GET',
    path: '/api/v1/status',
    summary: 'The manager and its cluster at a glance',
    status: 200,
    answer: statusAnswer,
    errors: [],
  }),
  nodes: route({
    method: 'GET',
    path: '/api/v1/nodes',
    summary: 'The nodes of the cluster',
    status: 200,
    answer: nodesAnswer,
    errors: [],
  }),
  devices: route({
    method: 'GET',
    path: '/api/v1/devices',
    summary: 'The devices of the nodes and the instances that hold them',
    status: 200,
    answer: devicesAnswer,
    errors: [],
  }),
  services: route({
    method: 'GET',
    path: '/api/v1/services',
    summary: 'The services and their instances',
    query: servicesQuery,
    status: 200,
    answer: servicesAnswer,
    errors: [],
  }),
  service: route({
    method: 'GET',
    path: '/api/v1/services/{application}/{service}',
    summary: 'One service and its instances',
    params: serviceParams,
    status: 200,
    answer: serviceAnswer,
    errors: ['SERVICE_UNKNOWN'],
  }),
  scale: route({
    method: 'PATCH',
    path: '/api/v1/services/{application}/{service}',
    summary: 'Sets how many instances are to be active',
    description: 'Answers at once: the instances follow. Those on standby stay as many.',
    params: serviceParams,
    body: scaleRequest,
    status: 200,
    answer: serviceAnswer,
    errors: ['SERVICE_UNKNOWN', 'SWARM_CONFLICT'],
  }),
  explain: route({
    method: 'GET',
    path: '/api/v1/services/{application}/{service}/explain',
    summary: 'Where the service can run, and per node why not',
    params: serviceParams,
    status: 200,
    answer: explanationAnswer,
    errors: ['SERVICE_UNKNOWN'],
  }),
  logs: route({
    method: 'GET',
    path: '/api/v1/services/{application}/{service}/logs',
    summary: 'What the instances have written',
    description:
      'Lines of text, each with its instance in front; by `Accept: application/x-ndjson` one object a line. An empty line of NDJSON only says that the stream is alive.',
    params: serviceParams,
    query: logQuery,
    status: 200,
    streams: { 'text/plain': z.string(), 'application/x-ndjson': logLine },
    errors: ['SERVICE_UNKNOWN'],
  }),
  applications: route({
    method: 'GET',
    path: '/api/v1/apps',
    summary: 'The applications and the state of their services',
    status: 200,
    answer: applicationsAnswer,
    errors: [],
  }),
  deploy: route({
    method: 'POST',
    path: '/api/v1/apps',
    summary: 'Deploys the application of a Compose file, or says what that would change',
    description:
      'A dry run answers with the plan as JSON. A deployment answers with lines of NDJSON as it goes on, the last of which is `done` or `error`; an empty line only says that it is alive. A client that goes away does not stop it. What is wrong before anything is changed is told by the status.',
    body: deployRequest,
    status: 200,
    answer: planAnswer,
    streams: { 'application/x-ndjson': deploymentLine },
    errors: [
      'COMPOSE_INVALID',
      'IMAGE_UNKNOWN',
      'REGISTRY_DOWN',
      'UNPLACEABLE',
      'DEPLOY_INCOMPLETE',
      'DEPLOY_ROLLED_BACK',
    ],
  }),
  removeApplication: route({
    method: 'DELETE',
    path: '/api/v1/apps/{application}',
    summary: 'Removes an application with all its services',
    params: applicationParams,
    status: 204,
    errors: ['APPLICATION_UNKNOWN'],
  }),
  missingImages: route({
    method: 'POST',
    path: '/api/v1/images/missing',
    summary: 'Which images of a Compose file the manager’s registry lacks',
    description: 'They can be pushed through `/v2/` before the file is deployed.',
    body: imagesRequest,
    status: 200,
    answer: imagesAnswer,
    errors: ['COMPOSE_INVALID', 'REGISTRY_DOWN'],
  }),
  activate: route({
    method: 'POST',
    path: '/api/v1/activations',
    summary: 'Activates a service by name, and answers when it answers CoAP',
    body: activationRequest,
    status: 200,
    answer: activationAnswer,
    errors: ['SERVICE_UNKNOWN', 'UNPLACEABLE', 'IMAGE_UNKNOWN', 'ACTIVATION_TIMEOUT'],
  }),
  deactivate: route({
    method: 'DELETE',
    path: '/api/v1/activations/{name}',
    summary:
      'Gives a service back: it stands by again where it has a standby, else its application is removed',
    params: activationParams,
    status: 204,
    errors: ['SERVICE_UNKNOWN'],
  }),
  catalogue: route({
    method: 'GET',
    path: '/api/v1/catalogue',
    summary: 'What may be activated by name alone',
    status: 200,
    answer: catalogueAnswer,
    errors: [],
  }),
  catalogueFile: route({
    method: 'GET',
    path: '/api/v1/catalogue/{name}',
    summary: 'One Compose file of the catalogue',
    params: catalogueParams,
    status: 200,
    answer: catalogueFileAnswer,
    errors: ['CATALOGUE_UNKNOWN'],
  }),
  putCatalogue: route({
    method: 'PUT',
    path: '/api/v1/catalogue/{name}',
    summary: 'Keeps a Compose file under the name of its application, in place of the one before',
    params: catalogueParams,
    body: composeFile,
    status: 200,
    answer: catalogueEntryAnswer,
    errors: ['COMPOSE_INVALID', 'CATALOGUE_TOO_LARGE'],
  }),
  removeCatalogue: route({
    method: 'DELETE',
    path: '/api/v1/catalogue/{name}',
    summary: 'Takes a Compose file out of the catalogue; what runs of it goes on',
    params: catalogueParams,
    status: 204,
    errors: ['CATALOGUE_UNKNOWN'],
  }),
  events: route({
    method: 'GET',
    path: '/api/v1/events',
    summary: 'What happened in the cluster; the last 1,000 events are remembered',
    description:
      'By `Accept: text/event-stream` it goes on, as server-sent events; `Last-Event-ID` takes up where a stream was cut off.',
    query: eventsQuery,
    status: 200,
    answer: eventsAnswer,
    streams: { 'text/event-stream': eventAnswer },
    errors: [],
  }),
})

export type RouteName = keyof typeof apiRoutes
