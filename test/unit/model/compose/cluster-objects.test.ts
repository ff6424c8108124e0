import { describe, expect, it } from 'vitest'
import { findNeededFiles } from '../../../../src/model/compose/parse-compose.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { complaintsOf, readForCluster, refusalOf, renderFor } from '../cluster-reading.ts'
import { aFile } from './reading.ts'

const two = (web: string, db: string, top = '') =>
  `services:\n  web: {image: a, ${web}}\n  db: {image: b, ${db}}\n${top}`
const networksOf = (text: string) =>
  readForCluster(text).cluster?.networks.map(({ name, external }) => (external ? `${name} (external)` : name))

describe('the networks of an application', () => {
  it('are none where it has one service', () => {
    expect(networksOf(aFile(''))).toEqual([])
    expect(readForCluster(aFile('')).network).toBeUndefined()
  })

  it('are one of its own where it has several, on which each has its name', () => {
    const application = readForCluster(two('', ''))
    expect(networksOf(two('', ''))).toEqual(['lab_default'])
    expect(renderFor(application, 'db').TaskTemplate.Networks).toEqual([
      { Target: 'lab_default', Aliases: ['db'] },
    ])
    // The bridge of pair mode is not made.
    expect(application.network).toBeUndefined()
  })

  it('are not made where no service is on them', () => {
    expect(networksOf(two('network_mode: host', 'network_mode: bridge'))).toEqual([])
    expect(networksOf(two('networks: [a]', 'networks: [a]', 'networks: {a: , b: }'))).toEqual(['lab_a'])
  })

  it('are told by the key default how the usual one is', () => {
    const top = 'networks: {default: {attachable: true, name: floor}}'
    const text = two('', '', top)
    expect(readForCluster(text).cluster?.networks).toMatchObject([{ name: 'floor', attachable: true }])
    expect(networksOf(two('', '', 'networks: {default: {external: true, name: floor}}'))).toEqual([
      'floor (external)',
    ])
  })

  it.each([
    ['networks: {a: {driver: bridge}}', 'networks.a.driver: expected "overlay", got "bridge"'],
    [
      'networks: {a: {ipam: {}}}',
      'networks.a.ipam: cluster mode does not honour ipam: Swarm chooses the addresses',
    ],
    [
      'networks: {a: {external: true, internal: true}}',
      'networks.a: it is external, and there with its settings',
    ],
    [
      'networks: {a: {name: a.b}}',
      'services.web.networks[0]: the network would be called a.b, and Swarm takes',
    ],
  ])('are refused with %s', (top, complaint) => {
    const [line = '', ...rest] = refusalOf(aFile('networks: [a]', top))
    expect(line.slice(0, complaint.length)).toBe(complaint)
    expect(rest).toEqual([])
  })
})

describe('secrets and configs', () => {
  const nameOf = (content: string) =>
    readForCluster(aFile('configs: [a]', `configs: {a: {content: "${content}"}}`)).cluster?.configs[0]?.name

  it('are called another name with another content, since Swarm never changes one', () => {
    expect(nameOf('one')).toMatch(/^lab_a_[0-9a-f]{8}$/)
    expect(nameOf('one')).toBe(nameOf('one'))
    expect(nameOf('two')).not.toBe(nameOf('one'))
  })

  it('are made only where a service uses them, and asked for then only', () => {
    const { cluster } = readForCluster(aFile('', 'secrets: {a: {environment: NOT_SET}, b: {file: ./b}}'))
    expect(cluster?.secrets).toEqual([])
  })

  it('are made once for all that use them', () => {
    const text = two('secrets: [a]', 'secrets: [{source: a, target: b}]', 'secrets: {a: {environment: A}}')
    expect(readForCluster(text, { environment: { A: 'x' } }).cluster?.secrets).toHaveLength(1)
  })

  it('carry the bytes of files as they are', () => {
    const bytes = new Uint8Array([0, 10, 255, 128])
    const { cluster } = readForCluster(aFile('secrets: [a]', 'secrets: {a: {file: ./a.der}}'), {
      files: new Map([['./a.der', bytes]]),
    })
    expect(cluster?.secrets[0]?.content).toEqual(bytes)
  })

  it.each([
    ['secrets: {a: }', 'secrets.a: expected a map, got nothing'],
    ['secrets: {a: {}}', 'secrets.a: expected one of file, environment or external: true'],
    [
      'secrets: {a: {content: x}}',
      'secrets.a.content: cluster mode does not honour content: a secret does not stand',
    ],
    [
      'secrets: {a: {environment: SET, file: ./a}}',
      'secrets.a: expected one of file, environment or external: true',
    ],
    ['secrets: {a: {environment: A}}', 'secrets.a: the variable A is not set'],
    ['secrets: {a: {environment: EMPTY}}', 'secrets.a: it is empty, and Swarm carries one byte at least'],
    [
      'secrets: {a: {file: ./absent}}',
      'secrets.a: the file ./absent did not come along: deploy from the machine',
    ],
    ['secrets: {a: {file: ./large}}', 'secrets.a: Swarm carries less than 512000 bytes, and it has 512000'],
    [
      'secrets: {a: {external: true, file: ./a}}',
      'secrets.a: it is external, and Swarm has it with its content',
    ],
    [
      'secrets: {a: {driver: vault, external: true}}',
      'secrets.a.driver: cluster mode does not honour driver',
    ],
    [
      `secrets: {a: {file: ./small, name: ${'n'.repeat(60)}}}`,
      `secrets.a: it would be called ${'n'.repeat(60)}_`,
    ],
  ])('are refused with %s', (top, complaint) => {
    const [line = '', ...rest] = complaintsOf('secrets: [a]', top, {
      environment: { EMPTY: '', SET: 'x' },
      files: new Map([
        ['./large', new Uint8Array(500 * 1024)],
        ['./small', new Uint8Array(1)],
      ]),
    })
    expect(line.slice(0, complaint.length)).toBe(complaint)
    expect(rest).toEqual([])
  })

  it('cannot lie at one place twice', () => {
    expect(
      complaintsOf('configs: [a, {source: b, target: a}]', 'configs: {a: {content: x}, b: {content: y}}'),
    ).toEqual(['configs: a of the container is given twice'])
  })
})

describe('the files that a Compose file needs', () => {
  const text = `
services:
  web: {image: a, secrets: [key], configs: [site, again, inline]}
  debug: {image: b, profiles: [debug], configs: [trace]}
secrets: {key: {file: "\${FOLDER}/key.pem"}, unused: {file: ./unused}}
configs: {site: {file: ./site.conf}, again: {file: ./site.conf}, inline: {content: x}, trace: {file: ./trace}}
`
  const fileName = '/home/user/lab/compose.yaml'

  it('are those of the secrets and configs in use, each path once, with variables in their place', () => {
    expect(findNeededFiles(text, { fileName, environment: { FOLDER: '/etc/keys' } })).toEqual([
      { kind: 'secret', key: 'key', path: '/etc/keys/key.pem' },
      { kind: 'config', key: 'site', path: './site.conf' },
    ])
  })

  it('depend on the profiles', () => {
    const paths = findNeededFiles(text, { fileName, profiles: ['debug'] }).map(({ path }) => path)
    expect(paths).toContain('./trace')
  })

  it('are none of a file that cannot be read', () => {
    expect(findNeededFiles('a: [', { fileName })).toEqual([])
    expect(findNeededFiles('services: 7', { fileName })).toEqual([])
  })
})

describe('a refusal in cluster mode', () => {
  it('names its page', () => {
    let error: unknown
    try {
      readForCluster(aFile('privileged: true'))
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(ShoalError)
    expect(error).toMatchObject({
      code: 'COMPOSE_INVALID',
      nextStep:
        'docs/compose.md has each key of the Compose specification, docs/compose-cluster.md what cluster mode takes differently',
    })
  })
})
