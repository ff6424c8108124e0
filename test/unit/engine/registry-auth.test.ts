import { expect, it } from 'vitest'
import { registryAuthHeaders } from '../../../src/engine/registry-auth.ts'

it.each([1, 2, 3])(
  'is padded, as the Engine asks for it, whatever the length of the password (%i)',
  (length) => {
    const auth = { username: 'shoal', password: '~'.repeat(length), serveraddress: '10.77.0.1:5000' }
    const header = registryAuthHeaders(auth)['X-Registry-Auth'] ?? ''
    expect(header).toMatch(/^[\w-]+={0,2}$/)
    expect(header.length % 4).toBe(0)
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(auth)
  },
)
