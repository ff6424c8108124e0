import { describe, expect, it } from 'vitest'
import { renderPlatforms } from '../../../src/model/swarm-platforms.ts'

const linux = (architecture: string) => ({ os: 'linux', architecture })
const rendered = (...architectures: string[]) =>
  architectures.map((Architecture) => ({ OS: 'linux', Architecture }))

describe('the platforms of a service', () => {
  it('are every one where nobody knows what the image was built for', () => {
    expect(renderPlatforms(undefined, [])).toEqual([])
  })

  it('are those of the image, in the words of its index, which Swarm knows', () => {
    expect(renderPlatforms(undefined, [linux('amd64'), linux('arm64')])).toEqual(rendered('amd64', 'arm64'))
  })

  it('are, for 32-bit ARM, boards by their kernel’s word, and boards of 64 bits too', () => {
    expect(renderPlatforms(undefined, [linux('arm'), linux('arm')])).toEqual(
      rendered('armv7l', 'armv6l', 'armv8l', 'arm64'),
    )
  })

  it('are narrowed by the key platform', () => {
    expect(renderPlatforms('linux/arm64/v8', [linux('amd64'), linux('arm64')])).toEqual(rendered('arm64'))
    expect(renderPlatforms('linux', [linux('amd64'), { os: 'windows', architecture: 'amd64' }])).toEqual(
      rendered('amd64'),
    )
    expect(renderPlatforms('linux/arm/v7', [])).toEqual(rendered('armv7l', 'armv6l', 'armv8l'))
  })

  it('stay those that were asked for where the image has none of them', () => {
    expect(renderPlatforms('linux/arm64', [linux('amd64')])).toEqual(rendered('arm64'))
    expect(renderPlatforms('linux', [])).toEqual([{ OS: 'linux' }])
  })
})
