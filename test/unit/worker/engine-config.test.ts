import { describe, expect, it } from 'vitest'
import {
  defaultRuntimePath,
  type EngineSettings,
  interimText,
  withoutSettings,
  withRuntimeKept,
  withSettings,
} from '../../../src/worker/engine-config.ts'

const file = '/etc/docker/daemon.json'
const parsed = (text: string): unknown => JSON.parse(text)
const labelled = (label: string): EngineSettings => ({ label, devices: undefined })
const runtimePath = '/var/lib/shoal/runtime/shoal-runtime'
const offering = (...resources: string[]): EngineSettings => ({
  label: '0123',
  devices: { resources, runtimePath },
})

describe('the label of the cluster in daemon.json', () => {
  it('is put into a file that was not there, or is empty', () => {
    const expected = '{\n  "labels": [\n    "shoal.cluster=0123"\n  ]\n}\n'
    for (const text of [undefined, '', ' \n', '\uFEFF{}'])
      expect(withSettings(text, labelled('0123'), file)).toBe(expected)
  })

  it('leaves every other key as it is, in its place', () => {
    const text = '{"data-root": "/mnt/docker", "labels": ["zone=field"], "dns": ["10.0.0.1"], "mtu": 1400}'
    const merged = withSettings(text, labelled('0123'), file)
    expect(parsed(merged)).toEqual({
      ...(parsed(text) as object),
      labels: ['zone=field', 'shoal.cluster=0123'],
    })
    expect(Object.keys(parsed(merged) as object)).toEqual(['data-root', 'labels', 'dns', 'mtu'])
  })

  it('is there once, however often it is put in, and takes the place of another cluster’s', () => {
    const once = withSettings('{"labels": ["shoal.cluster=4567"]}', labelled('0123'), file)
    expect(parsed(once)).toEqual({ labels: ['shoal.cluster=0123'] })
    expect(withSettings(once, labelled('0123'), file)).toBe(once)
  })

  it.each(['nonsense', '[1]', '"text"', '{"labels": "zone=field"}', '{"labels": [1]}', '{,}'])(
    'is not put into %s',
    (text) => {
      expect(() => withSettings(text, labelled('0123'), file)).toThrow(
        expect.objectContaining({ code: 'ENGINE_CONFIG', place: file }),
      )
    },
  )

  it('goes alone where somebody has changed the file since', () => {
    const changed = '{"labels": ["shoal.cluster=0123", "zone=barn"], "debug": true}'
    expect(parsed(withoutSettings(changed, undefined, file))).toEqual({ labels: ['zone=barn'], debug: true })
    expect(
      parsed(withoutSettings('{"labels": ["shoal.cluster=0123"], "debug": true}', undefined, file)),
    ).toEqual({ debug: true })
  })

  it('leaves a file without it byte for byte', () => {
    const text = '{ "debug":true }'
    expect(withoutSettings(text, undefined, file)).toBe(text)
  })

  it('has the Engine told of no labels only where the file will say nothing of any', () => {
    const written = withSettings(undefined, labelled('0123'), file)
    expect(parsed(interimText(undefined, written, file) ?? '')).toEqual({ labels: [] })
    expect(parsed(interimText('{"debug": true}', written, file) ?? '')).toEqual({ debug: true, labels: [] })
    expect(interimText('{"labels": ["zone=field"]}', written, file)).toBeUndefined()
  })
})

describe('the devices in daemon.json', () => {
  it('stand beside what was offered before, with the device runtime as the default', () => {
    const text = '{"node-generic-resources": ["gpu=one"], "runtimes": {"crun": {"path": "/usr/bin/crun"}}}'
    expect(parsed(withSettings(text, offering('humidity=dht11', 'laser=l1'), file))).toEqual({
      'node-generic-resources': ['gpu=one', 'humidity=dht11', 'laser=l1'],
      runtimes: { crun: { path: '/usr/bin/crun' }, shoal: { path: runtimePath } },
      'default-runtime': 'shoal',
      labels: ['shoal.cluster=0123'],
    })
  })

  it('go without a trace of Shoal, and leave what somebody else wrote since', () => {
    const before = '{"node-generic-resources": ["gpu=one"], "default-runtime": "crun"}'
    const written = withSettings(before, offering('humidity=dht11'), file)
    expect(parsed(withoutSettings(written, { before, written }, file))).toEqual(parsed(before))
    const changed = JSON.stringify({
      ...(parsed(written) as object),
      'node-generic-resources': ['gpu=one', 'humidity=dht11', 'gpu=two'],
      debug: true,
    })
    expect(parsed(withoutSettings(changed, { before, written }, file))).toEqual({
      'node-generic-resources': ['gpu=one', 'gpu=two'],
      'default-runtime': 'crun',
      debug: true,
    })
  })

  it('do not take the default that somebody chose since', () => {
    const written = withSettings(undefined, offering('humidity=dht11'), file)
    const changed = JSON.stringify({ ...(parsed(written) as object), 'default-runtime': 'crun' })
    expect(parsed(withoutSettings(changed, { before: undefined, written }, file))).toEqual({
      'default-runtime': 'crun',
    })
  })

  it('have the Engine go back to its own runtime, which it keeps at a reload otherwise', () => {
    const written = withSettings(undefined, offering('humidity=dht11'), file)
    expect(parsed(interimText('{"labels": []}', written, file) ?? '')).toEqual({
      labels: [],
      'default-runtime': 'runc',
      runtimes: {},
    })
  })

  it('leave the runtime behind for the containers that were made with it', () => {
    expect(parsed(withRuntimeKept('{"debug": true}', runtimePath, file))).toEqual({
      debug: true,
      runtimes: { shoal: { path: runtimePath } },
    })
  })

  it.each(['{"runtimes": []}', '{"node-generic-resources": {}}', '{"node-generic-resources": [1]}'])(
    'are not put into %s',
    (text) => {
      expect(() => withSettings(text, offering('humidity=dht11'), file)).toThrow(
        expect.objectContaining({ code: 'ENGINE_CONFIG' }),
      )
    },
  )

  it('know which runtime was the default before', () => {
    const text = '{"default-runtime": "nvidia", "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}'
    expect(defaultRuntimePath(text, file)).toBe('nvidia-container-runtime')
    expect(defaultRuntimePath('{"default-runtime": "runc"}', file)).toBeUndefined()
    expect(defaultRuntimePath(undefined, file)).toBeUndefined()
  })
})
