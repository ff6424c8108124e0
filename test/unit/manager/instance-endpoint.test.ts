import { expect, it } from 'vitest'
import { instanceEndpoint } from '../../../src/manager/instance-endpoint.ts'
import { aNode, anInstance, aService, specsOf } from './cluster-builders.ts'

const serviceOf = (more: string) => {
  const [spec] = specsOf(`name: green\nservices:\n  climate:\n    image: a:1\n${more}`)
  if (spec === undefined) throw new Error('no service')
  return aService(spec)
}
const published = serviceOf('    ports: ["5683/udp"]')

it('is the port that the Engine gave it, at the address of its node', () => {
  expect(instanceEndpoint(anInstance(), published, aNode())).toEqual({ host: '10.0.0.2', port: 32768 })
})

it('is the port of the program itself on the network of the node', () => {
  const service = serviceOf('    network_mode: host\n    x-shoal: { coap: { port: 5700 } }')
  expect(instanceEndpoint(anInstance({ ports: [] }), service, aNode())).toEqual({
    host: '10.0.0.2',
    port: 5700,
  })
})

it.each([
  ['the port is not known yet', anInstance({ ports: [] }), published, aNode()],
  [
    'another port of it is published',
    anInstance({ ports: [{ containerPort: 80, hostPort: 8080, protocol: 'tcp' }] }),
    published,
    aNode(),
  ],
  ['no node is chosen', anInstance(), published, undefined],
  ['the node has no address', anInstance(), published, aNode({ address: '' })],
  ['it does not speak CoAP', anInstance(), serviceOf('    ports: ["80"]'), aNode()],
])('is unknown while %s', (_, instance, service, node) => {
  expect(instanceEndpoint(instance, service, node)).toBeUndefined()
})
