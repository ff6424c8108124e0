import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serviceUser } from '../../../../src/image/runtime-layer.ts'

const root = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

describe('the Compose file of the sensing service', () => {
  it('names the image that this version builds, confined', () => {
    const { version } = JSON.parse(read('package.json'))
    expect(parse(read('services/sensing/compose.yaml')).services.sensing).toMatchObject({
      image: `shoal/sensing:${version}`,
      ports: ['5683/udp'],
      read_only: true,
      user: `${serviceUser}:${serviceUser}`,
      cap_drop: ['ALL'],
    })
  })
})
