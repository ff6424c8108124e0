import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMountSpec } from '../../../../../src/model/compose/syntax/mount-spec.ts'

const aBind = {
  kind: 'bind',
  source: '/srv/data',
  target: '/data',
  readOnly: false,
  createSource: true,
  propagation: undefined,
  selinux: undefined,
}
const aVolume = {
  kind: 'volume',
  source: 'data',
  target: '/data',
  readOnly: false,
  noCopy: false,
  labels: {},
}

describe('the short syntax of volumes', () => {
  it.each([
    ['/srv/data:/data', aBind],
    ['/srv/data:/data:ro', { ...aBind, readOnly: true }],
    ['/srv/data:/data:rw', aBind],
    ['/srv/data:/data:ro,z,rslave', { ...aBind, readOnly: true, selinux: 'z', propagation: 'rslave' }],
    ['data:/data', aVolume],
    ['data:/data:ro,nocopy', { ...aVolume, readOnly: true, noCopy: true }],
    ['/data', { ...aVolume, source: undefined }],
  ])('reads %s', (text, mount) => {
    expect(parseMountSpec(text)).toEqual({ ok: true, mount })
  })

  it.each(['./data:/data', '../data:/data', '~/data:/data', '.:/data'])(
    'refuses %s: it is not on the device',
    (text) => {
      expect(parseMountSpec(text)).toEqual({
        ok: false,
        problem: expect.stringMatching(
          /^pair mode does not honour the source .*: a path from here does not exist/,
        ),
      })
    },
  )

  it.each([
    ['data', 'expected an absolute path in the container, got "data"'],
    ['data:data', 'expected an absolute path in the container, got "data"'],
    [
      '/a:/b:ro:/c',
      'expected [SOURCE:]TARGET[:OPTIONS], got "/a:/b:ro:/c"; a path with a colon needs the map form',
    ],
    ['d:/data:z', 'z is for paths, and the source is a volume'],
    ['data:/data:rshared', 'rshared is for paths, and the source is a volume'],
    ['/srv:/data:nocopy', 'nocopy is for volumes, and the source is a path'],
    ['-x:/data', 'expected an absolute path or the name of a volume, got "-x"'],
    [
      '/srv:/data:cached',
      'expected one of ro, rw, z, Z, nocopy, private, rprivate, shared, rshared, slave, rslave behind the paths, got "cached" in "/srv:/data:cached"',
    ],
  ])('refuses %s', (text, problem) => {
    expect(parseMountSpec(text)).toEqual({ ok: false, problem })
  })

  it('never throws, and mounts at absolute paths only', () => {
    assert(
      property(string(), (text) => {
        const parsed = parseMountSpec(text)
        if (parsed.ok) expect(parsed.mount.target.startsWith('/')).toBe(true)
      }),
    )
  })
})
