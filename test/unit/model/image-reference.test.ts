import { assert, property, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  familiarImageName,
  parseImageReference,
  renderImageReference,
} from '../../../src/model/image-reference.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('the name of an image', () => {
  it.each([
    ['redis', 'docker.io/library/redis:latest', 'redis:latest'],
    ['redis:5', 'docker.io/library/redis:5', 'redis:5'],
    ['library/redis', 'docker.io/library/redis:latest', 'redis:latest'],
    ['docker.io/library/redis', 'docker.io/library/redis:latest', 'redis:latest'],
    ['index.docker.io/redis', 'docker.io/library/redis:latest', 'redis:latest'],
    ['shoal/compute:0.1.0', 'docker.io/shoal/compute:0.1.0', 'shoal/compute:0.1.0'],
    [
      'my-private.registry:5000/redis',
      'my-private.registry:5000/redis:latest',
      'my-private.registry:5000/redis:latest',
    ],
    ['localhost/a/b_c:x.Y-1', 'localhost/a/b_c:x.Y-1', 'localhost/a/b_c:x.Y-1'],
    ['[2001:db8::1]:5000/redis:1', '[2001:db8::1]:5000/redis:1', '[2001:db8::1]:5000/redis:1'],
    [`redis@${digest}`, `docker.io/library/redis@${digest}`, `redis@${digest}`],
    [`redis:5@${digest}`, `docker.io/library/redis:5@${digest}`, `redis:5@${digest}`],
  ])('reads %s', (text, full, familiar) => {
    const parsed = parseImageReference(text)
    if (!parsed.ok) throw new Error(parsed.problem)
    expect(renderImageReference(parsed.reference)).toBe(full)
    expect(familiarImageName(parsed.reference)).toBe(familiar)
  })

  it.each([
    ['', 'expected the name of an image, got an empty text'],
    ['Redis', 'expected small letters in the name of an image, got "Redis"'],
    ['shoal/Compute', 'expected small letters in the name of an image, got "shoal/Compute"'],
    ['redis:', 'expected a tag of letters, digits, _ . - behind :, got "redis:"'],
    ['redis:a:b', 'expected a tag of letters, digits, _ . - behind :, got "redis:a:b"'],
    ['redis@sha256:12', 'expected a digest such as sha256:… behind @, got "redis@sha256:12"'],
    ['a//b', 'expected a repository of small letters, digits and . _ - between /, got "a//b"'],
    ['-a', 'expected a repository of small letters, digits and . _ - between /, got "-a"'],
    ['re dis', 'expected a repository of small letters, digits and . _ - between /, got "re dis"'],
    ['-x.y/redis', 'expected a registry HOST[:PORT] before the first /, got "-x.y/redis"'],
    ['f'.repeat(64), `expected the name of an image and not its ID, got "${'f'.repeat(64)}"`],
    [`a/${'b'.repeat(300)}`, `expected at most 255 characters in a repository, got "a/${'b'.repeat(300)}"`],
  ])('refuses %j', (text, problem) => {
    expect(parseImageReference(text)).toEqual({ ok: false, problem })
  })

  it('means the same image after it was written in full or as Docker shows it', () => {
    const name = stringMatching(
      /^([a-z]{1,8}\.[a-z]{2}(:[1-9]\d{1,3})?\/)?[a-z0-9]{1,8}(\/[a-z0-9]{1,8}){0,2}(:[\w][\w.-]{0,8})?$/,
    )
    assert(
      property(name, (text) => {
        const parsed = parseImageReference(text)
        if (!parsed.ok) throw new Error(parsed.problem)
        expect(parseImageReference(renderImageReference(parsed.reference))).toEqual(parsed)
        expect(parseImageReference(familiarImageName(parsed.reference))).toEqual(parsed)
      }),
    )
  })

  it('never throws', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(parseImageReference(text)).toBeDefined()
      }),
    )
  })
})
