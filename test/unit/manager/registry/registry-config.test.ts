import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderRegistryConfig } from '../../../../src/manager/registry/registry-config.ts'

const settings = {
  folder: '/var/lib/shoal/manager/registry/images',
  port: 5000,
  certificateFile: '/var/lib/shoal/manager/server.cert.pem',
  keyFile: '/var/lib/shoal/manager/server.key.pem',
  passwordFile: '/var/lib/shoal/manager/registry/htpasswd',
  secret: 'random',
}

it('lets nobody in without a password and without TLS, and opens no second port', () => {
  const config = parse(renderRegistryConfig(settings))
  expect(config.auth).toEqual({ htpasswd: { realm: 'shoal', path: settings.passwordFile } })
  expect(config.http).toEqual({
    addr: ':5000',
    secret: 'random',
    relativeurls: true,
    tls: { certificate: settings.certificateFile, key: settings.keyFile, minimumtls: 'tls1.2' },
  })
  expect(config.storage).toMatchObject({
    filesystem: { rootdirectory: settings.folder },
    delete: { enabled: true },
  })
})

it('takes folders whose names YAML would read otherwise', () => {
  const folder = '/srv/images: {old} #2'
  expect(parse(renderRegistryConfig({ ...settings, folder })).storage.filesystem.rootdirectory).toBe(folder)
})
