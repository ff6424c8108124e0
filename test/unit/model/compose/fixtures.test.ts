import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { renderContainer } from '../../../../src/model/container.ts'
import { renderError, ShoalError } from '../../../../src/model/errors.ts'

const folder = new URL('../../../fixtures/compose/', import.meta.url)

function text(fileName: string): string {
  return readFileSync(new URL(fileName, folder), 'utf8')
}

function read(name: string, environment: Readonly<Record<string, string>> = {}) {
  return parseCompose(text(`${name}.yaml`), { fileName: `compose/${name}.yaml`, environment })
}

describe('Compose files as people write them', () => {
  it('start a home hub: broker first, its bridge beside it by name, Home Assistant on the device’s network', () => {
    const { services, network, warnings } = read('home-assistant')
    expect(services.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['mosquitto', 1],
      ['homeassistant', 1],
      ['zigbee2mqtt', 1],
    ])
    expect(network?.name).toBe('home_default')
    expect(warnings).toEqual([])
  })

  it('start metrics of a device, warn of the password that is not set, and leave the debug service out', () => {
    const { name, services, warnings } = read('tig-stack', { INFLUX_ORG: 'edge', INFLUX_TOKEN: 'secret' })
    expect(name).toBe('compose')
    expect(services.map((service) => service.name)).toEqual(['influxdb', 'telegraf', 'grafana'])
    expect(services[0]?.environment).toMatchObject({
      DOCKER_INFLUXDB_INIT_ORG: 'edge',
      DOCKER_INFLUXDB_INIT_BUCKET: 'edge',
    })
    expect(services[1]?.environment).toMatchObject({ INFLUX_TOKEN: 'secret' })
    expect(warnings).toEqual([
      'compose/tig-stack.yaml:55:35: services.grafana.environment.GF_SECURITY_ADMIN_PASSWORD: variable GRAFANA_PASSWORD is not set; an empty text stands in its place',
    ])
  })

  it('start a video recorder, whose UDP port is not taken for CoAP', () => {
    const [frigate] = read('frigate').services
    expect(frigate?.coap.port).toBeUndefined()
    expect(frigate?.shmBytes).toBe(134_217_728)
  })

  it('start CoAP services on boards', () => {
    const { services } = read('coap-fleet')
    expect(services.map(({ name, replicas, coap }) => [name, replicas, coap.port, coap.path])).toEqual([
      ['average', 2, 5683, '/.well-known/core'],
      ['climate', 1, 5700, '/.well-known/core'],
      ['gateway', 1, 5683, '/health'],
      ['recorder', 1, undefined, '/.well-known/core'],
    ])
  })

  it.each(['home-assistant', 'coap-fleet'])('%s becomes these containers', (name) => {
    const application = read(name)
    const specs = application.services.map((service) =>
      renderContainer(service, { application: application.name, index: 1 }),
    )
    expect(JSON.parse(JSON.stringify(specs))).toEqual(JSON.parse(text(`${name}.containers.json`)))
  })

  it.each(['voting-app', 'swarm-stack', 'typing-errors', 'tig-stack'])(
    '%s is refused in these words',
    (name) => {
      let error: unknown
      try {
        read(name)
      } catch (caught) {
        error = caught
      }
      if (!(error instanceof ShoalError)) throw error
      expect(`${renderError(error)}\n`).toBe(text(`${name}.refusal.txt`))
    },
  )
})
