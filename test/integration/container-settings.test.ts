import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { parseCompose } from '../../src/model/compose/parse-compose.ts'
import { type ContainerSpec, renderContainer } from '../../src/model/container.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

describe('a container on a real Engine', () => {
  let docker: ThrowawayEngine
  let engine: Engine

  beforeAll(async () => {
    docker = await startThrowawayEngine()
    engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
    const folder = await mkdtemp(join(tmpdir(), 'shoal-empty-image-'))
    // Two blocks of zeros are a tar archive with nothing in it: enough of an image to create containers from.
    await writeFile(join(folder, 'empty.tar'), new Uint8Array(1024))
    await docker.docker('import', '--platform', 'linux/amd64', join(folder, 'empty.tar'), 'empty:1')
    await rm(folder, { recursive: true })
  })

  afterAll(async () => docker.stop())

  /** What the Engine keeps of a container that it was asked for. */
  async function create({ name, platform, body }: ContainerSpec) {
    const { warnings } = await engine.containers.create(name, body, { platform })
    const [seen] = JSON.parse(await docker.docker('container', 'inspect', name))
    return { seen, warnings }
  }

  async function readFixture(name: string) {
    const url = new URL(`../fixtures/compose/${name}.yaml`, import.meta.url)
    const text = (await readFile(url, 'utf8')).replaceAll(/^( +)image: .*$/gm, '$1image: empty:1')
    const application = parseCompose(text, {
      fileName: `/compose/${name}.yaml`,
      environment: { INFLUX_ORG: 'x' },
    })
    return application.services.map((service) =>
      renderContainer(service, { application: application.name, index: 1 }),
    )
  }

  it('has every setting of the file', async () => {
    const [spec, beside] = await readFixture('every-setting')
    if (spec === undefined || beside === undefined) throw new Error('the file has two services')
    const { seen, warnings } = await create(spec)
    expect(warnings).toEqual([])
    const { Image, HostConfig, NetworkingConfig, ...config } = wire(spec)
    expect(seen.Config).toMatchObject(settings({ Image, ...config }) as object)
    expect(seen.HostConfig).toMatchObject(settings(HostConfig) as object)
    expect(Object.keys(seen.NetworkSettings.Networks)).toEqual(Object.keys(NetworkingConfig.EndpointsConfig))
    expect(seen.Name).toBe('/all-web-1')
    expect((await create(beside)).seen.Name).toBe('/beside')
  })

  it.each(['home-assistant', 'tig-stack', 'frigate', 'coap-fleet'])(
    'is taken without a word for each service of %s',
    async (name) => {
      for (const spec of await readFixture(name)) {
        // The empty image has no command of its own.
        const withCommand = { ...spec, body: { ...spec.body, Cmd: spec.body.Cmd ?? ['/run'] } }
        const { seen, warnings } = await create(withCommand)
        expect(warnings).toEqual([])
        expect(seen.HostConfig).toMatchObject(settings(wire(spec).HostConfig) as object)
      }
    },
  )
})

function wire({ body }: ContainerSpec) {
  return JSON.parse(JSON.stringify(body))
}

/** The Engine's answers leave out what is false, and have null for an empty list: what is left is what was set. */
function settings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settings)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, settings(inner)] as const)
  return Object.fromEntries(entries.filter(([, inner]) => inner !== false && !isEmpty(inner)))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && Object.keys(value ?? {}).length === 0
}
