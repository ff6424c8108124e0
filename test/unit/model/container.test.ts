import { describe, expect, it } from 'vitest'
import { renderContainer } from '../../../src/model/container.ts'
import { aService, readApplication } from './compose/reading.ts'

const first = { application: 'lab', index: 1 }

/** What reaches the wire for a service with these keys. */
function wire(keys: string, instance = first) {
  return JSON.parse(JSON.stringify(renderContainer(aService(keys), instance)))
}

describe('a container', () => {
  it('is named as Compose names it, or as the service says', () => {
    expect(wire('', { application: 'lab', index: 3 }).name).toBe('lab-web-3')
    expect(wire('container_name: my-web').name).toBe('my-web')
  })

  it('carries the labels by which Compose’s tools and Shoal find it, over those of the file', () => {
    const { Labels } = renderContainer(aService('labels: {a: b, c: d}'), {
      application: 'lab',
      index: 2,
      labels: { c: 'e', 'shoal.index': 'x' },
    }).body
    expect(Labels).toEqual({
      a: 'b',
      c: 'e',
      'shoal.index': 'x',
      'com.docker.compose.project': 'lab',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '2',
      'com.docker.compose.oneoff': 'False',
      'com.docker.compose.config-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
      'shoal.mode': 'pair',
      'shoal.application': 'lab',
      'shoal.service': 'web',
      'shoal.instance': '2',
    })
  })

  it('has the same config hash for the same settings, whichever instance, and another for others', () => {
    const hash = (keys: string, index = 1) =>
      renderContainer(aService(keys), { application: 'lab', index }).body.Labels[
        'com.docker.compose.config-hash'
      ]
    expect(hash('', 2)).toBe(hash('', 1))
    expect(hash('environment: {A: 1}')).not.toBe(hash(''))
    expect(hash('labels: {a: b}')).not.toBe(hash(''))
    expect(hash('platform: linux/arm64')).not.toBe(hash(''))
  })

  it('leaves to the Engine what the file leaves out', () => {
    const { body } = wire('')
    expect(Object.keys(body).sort()).toEqual(
      ['Env', 'ExposedPorts', 'HostConfig', 'Image', 'Labels', 'OpenStdin', 'Tty'].sort(),
    )
    expect(body.HostConfig).toEqual({
      NetworkMode: 'bridge',
      PortBindings: {},
      Dns: [],
      DnsSearch: [],
      DnsOptions: [],
      ExtraHosts: [],
      Devices: [],
      DeviceCgroupRules: [],
      Binds: [],
      Mounts: [],
      Tmpfs: {},
      StorageOpt: {},
      Ulimits: [],
      Sysctls: {},
      ReadonlyRootfs: false,
      Privileged: false,
      CapAdd: [],
      CapDrop: [],
      SecurityOpt: [],
      GroupAdd: [],
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    })
  })

  it('publishes a port where the file says, or lets the Engine choose', () => {
    const { body } = wire(
      'ports: ["5683/udp", "8000-8010:80", "127.0.0.1:443:443", "8443:443"]\nexpose: [99]',
    )
    expect(body.HostConfig.PortBindings).toEqual({
      '5683/udp': [{ HostIp: '', HostPort: '' }],
      '80/tcp': [{ HostIp: '', HostPort: '8000-8010' }],
      '443/tcp': [
        { HostIp: '127.0.0.1', HostPort: '443' },
        { HostIp: '', HostPort: '8443' },
      ],
    })
    expect(body.ExposedPorts).toEqual({ '5683/udp': {}, '80/tcp': {}, '443/tcp': {}, '99/tcp': {} })
  })

  it('makes a missing path of the device, unless the file forbids it', () => {
    const { HostConfig } = wire(
      'volumes: ["/a:/b:ro,z,rslave", {type: bind, source: /c, target: /d, bind: {create_host_path: false, propagation: shared}}, /anonymous]',
    ).body
    expect(HostConfig.Binds).toEqual(['/a:/b:ro,z,rslave'])
    expect(HostConfig.Mounts).toEqual([
      { Type: 'bind', Source: '/c', Target: '/d', ReadOnly: false, BindOptions: { Propagation: 'shared' } },
      { Type: 'volume', Target: '/anonymous', ReadOnly: false, VolumeOptions: { NoCopy: false, Labels: {} } },
    ])
  })

  it('is limited in the units of the Engine', () => {
    const { body } = wire(
      'cpus: 0.25\nmem_limit: 64m\nstop_grace_period: 1100ms\nhealthcheck: {test: x, interval: 1500us}\nshm_size: 1k',
    )
    expect(body).toMatchObject({
      StopTimeout: 2,
      Healthcheck: { Interval: 1_500_000 },
      HostConfig: { NanoCpus: 250_000_000, Memory: 67_108_864, ShmSize: 1024 },
    })
  })

  it('unmasks the system paths when the file asks for it', () => {
    const { HostConfig } = wire('security_opt: ["systempaths:unconfined"]').body
    expect(HostConfig).toMatchObject({ MaskedPaths: [], ReadonlyPaths: [], SecurityOpt: [] })
  })

  it('answers to its service’s name on the application’s own network', () => {
    const application = readApplication('name: lab\nservices: { a: { image: x }, b: { image: y } }')
    const [a] = application.services.map((service) => renderContainer(service, first))
    expect(a?.body.HostConfig.NetworkMode).toBe(application.network?.name)
    expect(a?.body.NetworkingConfig).toEqual({ EndpointsConfig: { lab_default: { Aliases: ['a'] } } })
  })

  it('is of the platform that the file asks for', () => {
    expect(renderContainer(aService('platform: linux/arm64'), first).platform).toBe('linux/arm64')
  })
})
