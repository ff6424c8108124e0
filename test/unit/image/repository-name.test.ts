import { expect, it } from 'vitest'
import { repositoryNameOf } from '../../../src/image/repository-name.ts'

const digest = `sha256:${'a'.repeat(64)}`

it.each([
  ['shoal/compute:0.1.0', 'shoal/compute', '0.1.0'],
  ['nginx', 'library/nginx', 'latest'],
  ['docker.io/library/nginx:1.27', 'library/nginx', '1.27'],
  ['ghcr.io/esphome/esphome:2025.1', 'ghcr.io/esphome/esphome', '2025.1'],
  ['reg:5000/a/b:1', 'reg-5000/a/b', '1'],
  [`nginx@${digest}`, 'library/nginx', digest],
  [`nginx:1@${digest}`, 'library/nginx', digest],
])('puts %s into %s', (reference, repository, name) => {
  expect(repositoryNameOf(reference)).toEqual({ repository, name })
})

it('takes no text that is no image name', () => {
  expect(() => repositoryNameOf('Not An Image')).toThrow(expect.objectContaining({ code: 'IMAGE_UNKNOWN' }))
})
