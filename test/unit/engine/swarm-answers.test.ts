import { describe, expect, it } from 'vitest'
import { infoOf } from '../../../src/engine/info.ts'
import { nodeOf } from '../../../src/engine/node-answers.ts'
import { goArchitecture } from '../../../src/engine/platform.ts'
import { registryAuthHeaders } from '../../../src/engine/registry-auth.ts'
import { serviceOf } from '../../../src/engine/service-answers.ts'
import { instanceOf } from '../../../src/engine/task-answers.ts'

describe('a node', () => {
  it.each([
    ['10.77.0.11', undefined, '10.77.0.11'],
    ['127.0.0.1', '10.77.0.1:2377', '10.77.0.1'],
    ['0.0.0.0', '10.77.0.1:2377', '10.77.0.1'],
    ['', '[fd00::1]:2377', 'fd00::1'],
    ['127.0.0.1', undefined, '127.0.0.1'],
  ])('whose status says %j, and whose manager %j, is reached at %j', (Addr, manager, address) => {
    const wire = { Status: { Addr }, ...(manager === undefined ? {} : { ManagerStatus: { Addr: manager } }) }
    expect(nodeOf(wire).address).toBe(address)
  })

  it('of which nothing is known is unknown, active and empty', () => {
    expect(nodeOf({})).toMatchObject({
      ...{ state: 'unknown', availability: 'active', role: 'worker' },
      ...{ cpus: 0, memoryBytes: 0, genericResources: [], plugins: [], labels: {} },
    })
  })

  it('tells what it has by name and by number', () => {
    const GenericResources = [
      { NamedResourceSpec: { Kind: 'gpio', Value: 'fuse' } },
      { DiscreteResourceSpec: { Kind: 'ssd', Value: 3 } },
      {},
    ]
    expect(nodeOf({ Description: { Resources: { GenericResources } } }).genericResources).toEqual([
      { kind: 'gpio', value: 'fuse' },
      { kind: 'ssd', count: 3 },
    ])
  })
})

describe('architectures', () => {
  it.each([
    ['x86_64', 'amd64'],
    ['aarch64', 'arm64'],
    ['armv7l', 'arm'],
    ['armv6l', 'arm'],
    ['amd64', 'amd64'],
    ['riscv64', 'riscv64'],
  ])('%s is %s', (kernel, go) => {
    expect(goArchitecture(kernel)).toBe(go)
  })
})

describe('an Engine', () => {
  it('whose labels have no value, or an equals sign in it', () => {
    expect(infoOf({ Labels: ['plain', 'a=b=c'] }).labels).toEqual({ plain: '', a: 'b=c' })
  })

  it('that was thrown out of its Swarm says why', () => {
    const Swarm = { LocalNodeState: 'error', Error: 'certificate expired', RemoteManagers: null }
    expect(infoOf({ Swarm }).swarm).toMatchObject({
      state: 'error',
      error: 'certificate expired',
      managers: [],
    })
  })
})

describe('a service', () => {
  it('of docker stack is named as its Compose file does', () => {
    const Spec = { Name: 'garden_web_front', Labels: { 'com.docker.stack.namespace': 'garden' } }
    expect(serviceOf({ Spec })).toMatchObject({ application: 'garden', name: 'web_front' })
  })

  it('of nobody’s application has Swarm’s name', () => {
    expect(serviceOf({ Spec: { Name: 'lonely' } })).toMatchObject({ application: undefined, name: 'lonely' })
  })
})

describe('an instance', () => {
  it('publishes a port once, though the Engine binds it for both families of addresses', () => {
    const port = { Protocol: 'udp', TargetPort: 5683, PublishedPort: 32768, PublishMode: 'host' }
    const tcp = { ...port, Protocol: 'tcp' }
    const unbound = { ...port, TargetPort: 80, PublishedPort: 0 }
    expect(instanceOf({ Status: { PortStatus: { Ports: [port, port, tcp, unbound] } } }).ports).toEqual([
      { containerPort: 5683, hostPort: 32768, protocol: 'udp' },
      { containerPort: 5683, hostPort: 32768, protocol: 'tcp' },
    ])
  })

  it('of a number of things claims that number', () => {
    const GenericResources = [{ DiscreteResourceSpec: { Kind: 'ssd', Value: 2 } }]
    expect(instanceOf({ GenericResources }).claims).toEqual([{ kind: 'ssd', value: '2' }])
  })
})

describe('credentials for a registry', () => {
  it('are base64url of JSON, as the Engine reads them', () => {
    const auth = { username: 'ü?>', password: 'ÿÿÿ~~~', serveraddress: 'hub:5000' }
    const header = registryAuthHeaders(auth)['X-Registry-Auth'] ?? ''
    expect(header).toMatch(/^[\w-]+=*$/)
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(auth)
    expect(registryAuthHeaders(undefined)).toEqual({})
  })
})
