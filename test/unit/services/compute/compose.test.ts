import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serviceUser } from '../../../../src/image/runtime-layer.ts'

const root = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

describe('the Compose file of the compute service', () => {
  it('names the image that this version builds, confined', () => {
    const { version } = JSON.parse(read('package.json'))
    expect(parse(read('services/compute/compose.yaml')).services.compute).toMatchObject({
      image: `shoal/compute:${version}`,
      ports: ['5683/udp'],
      read_only: true,
      user: `${serviceUser}:${serviceUser}`,
      cap_drop: ['ALL'],
    })
  })
})
