import { describe, expect, it } from 'vitest'
import { imageStoreFolder } from '../../../src/cli/image-store-folder.ts'

const home = { HOME: '/home/ada' }

describe('the folder of images', () => {
  it.each([
    ['what the command line names', { ...home, SHOAL_IMAGES: '/b' }, '/a', true, '/a'],
    ['what SHOAL_IMAGES names', { ...home, SHOAL_IMAGES: '/b' }, undefined, true, '/b'],
    ['common to the machine for root', home, undefined, true, '/var/lib/shoal/images'],
    ['in the data folder of anyone else', home, undefined, false, '/home/ada/.local/share/shoal/images'],
    ['where XDG_DATA_HOME says', { ...home, XDG_DATA_HOME: '/data' }, undefined, false, '/data/shoal/images'],
    [
      'not what an empty variable names',
      { ...home, SHOAL_IMAGES: '' },
      undefined,
      true,
      '/var/lib/shoal/images',
    ],
  ])('is %s', (_, env, named, isRoot, folder) => {
    expect(imageStoreFolder(env, named, isRoot)).toBe(folder)
  })
})
