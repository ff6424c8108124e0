import { describe, expect, it } from 'vitest'
import { hostPaths, labPaths } from '../../../lab/lab-paths.ts'

describe('the paths of a lab', () => {
  it('follow from its name and data folder alone', () => {
    expect(labPaths('/data', 'edge')).toEqual(labPaths('/data/', 'edge'))
    expect(hostPaths(labPaths('/data', 'edge'), 'a').private).toBe('/data/edge/hosts/a/private')
  })

  it('keep labs of one name in two folders apart', () => {
    expect(labPaths('/data', 'edge').cgroup).not.toBe(labPaths('/other', 'edge').cgroup)
  })

  it.each(['..', '../x', 'a/b', '', '.', '-x', 'A'])('are not made of the name "%s"', (name) => {
    expect(() => labPaths('/data', name)).toThrow('is no lab name')
  })
})
