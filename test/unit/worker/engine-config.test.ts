import { describe, expect, it } from 'vitest'
import { interimText, withClusterLabel, withoutClusterLabel } from '../../../src/worker/engine-config.ts'

const file = '/etc/docker/daemon.json'
const parsed = (text: string): unknown => JSON.parse(text)

describe('the label of the cluster in daemon.json', () => {
  it('is put into a file that was not there, or is empty', () => {
    const expected = '{\n  "labels": [\n    "shoal.cluster=0123"\n  ]\n}\n'
    for (const text of [undefined, '', ' \n', '\uFEFF{}'])
      expect(withClusterLabel(text, '0123', file)).toBe(expected)
  })

  it('leaves every other key as it is, in its place', () => {
    const text = '{"data-root": "/mnt/docker", "labels": ["zone=field"], "dns": ["10.0.0.1"], "mtu": 1400}'
    const merged = withClusterLabel(text, '0123', file)
    expect(parsed(merged)).toEqual({
      ...(parsed(text) as object),
      labels: ['zone=field', 'shoal.cluster=0123'],
    })
    expect(Object.keys(parsed(merged) as object)).toEqual(['data-root', 'labels', 'dns', 'mtu'])
  })

  it('is there once, however often it is put in, and takes the place of another cluster’s', () => {
    const once = withClusterLabel('{"labels": ["shoal.cluster=4567"]}', '0123', file)
    expect(parsed(once)).toEqual({ labels: ['shoal.cluster=0123'] })
    expect(withClusterLabel(once, '0123', file)).toBe(once)
  })

  it.each(['nonsense', '[1]', '"text"', '{"labels": "zone=field"}', '{"labels": [1]}', '{,}'])(
    'is not put into %s',
    (text) => {
      expect(() => withClusterLabel(text, '0123', file)).toThrow(
        expect.objectContaining({ code: 'ENGINE_CONFIG', place: file }),
      )
    },
  )

  it('goes alone where somebody has changed the file since', () => {
    const changed = '{"labels": ["shoal.cluster=0123", "zone=barn"], "debug": true}'
    expect(withoutClusterLabel(changed, file)).toBe(
      '{\n  "labels": [\n    "zone=barn"\n  ],\n  "debug": true\n}\n',
    )
    expect(parsed(withoutClusterLabel('{"labels": ["shoal.cluster=0123"], "debug": true}', file))).toEqual({
      debug: true,
    })
  })

  it('leaves a file without it byte for byte', () => {
    const text = '{ "debug":true }'
    expect(withoutClusterLabel(text, file)).toBe(text)
  })

  it('has the Engine told of no labels only where the file will say nothing of any', () => {
    expect(parsed(interimText(undefined, file) ?? '')).toEqual({ labels: [] })
    expect(parsed(interimText('{"debug": true}', file) ?? '')).toEqual({ debug: true, labels: [] })
    expect(interimText('{"labels": ["zone=field"]}', file)).toBeUndefined()
  })
})
