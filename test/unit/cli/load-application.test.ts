import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadApplication } from '../../../src/cli/load-application.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-compose-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function compose(text: string): string {
  const path = join(folder, 'compose.yaml')
  writeFileSync(path, text)
  return path
}

const two = 'name: app\nservices:\n  web: {image: "web:1"}\n  db: {image: "db:1", container_name: db}\n'

async function replicas(path: string, ...asked: { service: string | undefined; count: number }[]) {
  const { services } = await loadApplication(path, {}, asked)
  return Object.fromEntries(services.map(({ name, replicas: count }) => [name, count]))
}

describe('the application that is named', () => {
  it('is one of Shoal’s own services by its name', async () => {
    const application = await loadApplication('compute', {}, [])
    expect(application.name).toBe('compute')
    expect(application.services[0]?.coap.port).toBe(5683)
  })

  it('is a Compose file by its path, with the variables of the environment', async () => {
    const path = compose(`name: app\nservices:\n  web: {image: "web:\${TAG}"}\n`)
    const { services } = await loadApplication(path, { TAG: '7' }, [])
    expect(services[0]?.image).toBe('web:7')
  })

  it('suggests the service that was meant', async () => {
    await expect(loadApplication('compuet', {}, [])).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
      nextStep: 'did you mean compute?',
    })
  })

  it('says that a file is not there', async () => {
    await expect(loadApplication('./nosuch.yaml', {}, [])).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('tells every problem of a file', async () => {
    const path = compose('name: app\nservices:\n  web: {image: 7, repilcas: 2}\n')
    await expect(loadApplication(path, {}, [])).rejects.toMatchObject({
      code: 'COMPOSE_INVALID',
      reason: expect.stringMatching(/image[\s\S]*repilcas/),
    })
  })
})

describe('--replicas', () => {
  it('counts for the only service', async () => {
    const path = compose('name: app\nservices:\n  web: {image: "web:1"}\n')
    expect(await replicas(path, { service: undefined, count: 3 })).toEqual({ web: 3 })
  })

  it('counts for the one that it names', async () => {
    expect(await replicas(compose(two), { service: 'web', count: 3 })).toEqual({ db: 1, web: 3 })
  })

  it.each([
    ['several services, and none named', { service: undefined, count: 2 }, 'say which'],
    ['a service that is not there', { service: 'nosuch', count: 2 }, 'there are: '],
    ['a name that only one can have', { service: 'db', count: 2 }, 'container_name'],
  ])('refuses %s', async (_case, asked, words) => {
    await expect(replicas(compose(two), asked)).rejects.toMatchObject({
      code: 'USAGE',
      reason: expect.stringContaining(words),
    })
  })
})
