import { describe, expect, it } from 'vitest'
import { findService } from '../../../src/manager/activator.ts'
import { aService, specsOf } from './cluster-builders.ts'

const services = [
  ...specsOf(`
name: green
services:
  store: { image: "store:1", ports: ["5683/udp"] }
  climate: { image: "climate:1", ports: ["5683/udp"], depends_on: [store] }
`).map((spec) => aService(spec)),
  // Neither Shoal nor docker stack made it.
  ...specsOf('name: x\nservices: { a: { image: "a:1" } }').map((spec) => aService({ ...spec, Labels: {} })),
]

describe('the service that a name means', () => {
  it.each([
    ['green', 'green_climate'],
    ['green.climate', 'green_climate'],
    ['green.store', 'green_store'],
  ])('%s: %s', (name, swarmName) => {
    expect(findService(services, name)?.swarmName).toBe(swarmName)
  })

  it.each(['', 'climate', 'green.', 'green.climate.x', 'x', 'x_a', 'undefined.x_a', 'GREEN'])(
    '"%s": none',
    (name) => {
      expect(findService(services, name)).toBeUndefined()
    },
  )
})
