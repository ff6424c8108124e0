import { describe, expect, it } from 'vitest'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { renderError, ShoalError } from '../../../../src/model/errors.ts'
import { problemsOf, readApplication } from './reading.ts'

const web = 'services: { web: { image: nginx } }'

describe('a Compose file', () => {
  it('says what a service leaves out', () => {
    expect(readApplication(web)).toEqual({
      name: 'lab',
      network: undefined,
      warnings: [],
      services: [
        expect.objectContaining({
          name: 'web',
          image: 'nginx',
          replicas: 1,
          pullPolicy: 'missing',
          network: 'bridge',
          restart: { condition: 'no', maxAttempts: 0 },
          environment: {},
          ports: [],
          readOnly: false,
          privileged: false,
          coap: { port: undefined, path: '/.well-known/core' },
          ready: { timeoutMs: 30_000 },
        }),
      ],
    })
  })

  it('is refused as one error, with code, place, every problem and a way out', () => {
    const text = 'name: lab\nservices:\n  web:\n    build: .\n    replicas: 2\n'
    let error: unknown
    try {
      parseCompose(text, { fileName: 'lab/compose.yaml' })
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(ShoalError)
    expect(renderError(error as ShoalError)).toBe(
      [
        'error[COMPOSE_INVALID]: read, the Compose file, lab/compose.yaml: 2 problems',
        '  4:5  services.web.build: pair mode does not honour build: build the image first and name it with image',
        '  5:5  services.web.replicas: unknown key "replicas" here; it stands under deploy.replicas',
        '  next: docs/compose.md has each key of the Compose specification and what pair mode makes of it',
      ].join('\n'),
    )
  })

  it.each([
    ['[]', '(the file): expected a map, got a list'],
    ['just text', '(the file): expected a map, got "just text"'],
    ['name: x', '(the file): services is missing'],
    ['services:', 'services: expected a map of services, got nothing'],
    ['services: {}', 'services: no service stands here'],
    ['services: { web: }', 'services.web: expected a map, got nothing'],
    ['services: { web: { command: x } }', 'services.web: image is missing'],
    ['services: { web: { image: } }', 'services.web.image: expected a string, got nothing'],
    ['services: { "a b": { image: x } }', 'services["a b"]: a service is named by letters, digits, . _ -'],
    [`${web}\nserivces: {}`, 'serivces: unknown key "serivces"; did you mean "services"?'],
    [`${web}\nimage: nginx`, 'image: unknown key "image" here; it stands under services.NAME'],
    [`${web}\nx-shoal: {}`, 'x-shoal: pair mode does not honour x-shoal: it stands under a service'],
    [`${web}\nvolumes: []`, 'volumes: expected a map of volumes, got a list'],
    [`${web}\nname: My App`, 'name: expected a name of small letters, digits, _ and -, got "My App"'],
  ])('is refused when it is %j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  it('may carry extensions of other tools, and the obsolete version', () => {
    const text = `version: 3\nx-any: {thing: [1]}\nservices: { web: { image: nginx, x-other: 5 } }`
    expect(readApplication(text).services).toHaveLength(1)
  })

  it('finds no key in what every object has', () => {
    expect(problemsOf('services: { web: { image: x, constructor: 1, __proto__: 2 } }')).toEqual([
      'services.web.constructor: unknown key "constructor"; the Compose specification has none of this name here',
      'services.web.__proto__: unknown key "__proto__"; the Compose specification has none of this name here',
    ])
  })
})

describe('names of containers', () => {
  it('are refused when two services have the same', () => {
    const text = `
services:
  a: { image: x, container_name: one }
  b: { image: y, container_name: one }
`
    expect(problemsOf(text)).toEqual(['services.b.container_name: one is the name of the service a already'])
  })
})

describe('the name of an application', () => {
  const name = (context: Partial<Parameters<typeof parseCompose>[1]>, text = web) =>
    parseCompose(text, { fileName: 'compose.yaml', ...context }).name

  it('is what was asked for, else COMPOSE_PROJECT_NAME, else what the file says, else its folder', () => {
    const text = `name: said\n${web}`
    const environment = { COMPOSE_PROJECT_NAME: 'set' }
    expect(name({ fileName: '/a/folder/c.yaml', projectName: 'asked', environment }, text)).toBe('asked')
    expect(name({ fileName: '/a/folder/c.yaml', environment }, text)).toBe('set')
    expect(name({ fileName: '/a/folder/c.yaml' }, text)).toBe('said')
    expect(name({ fileName: '/a/folder/c.yaml' })).toBe('folder')
  })

  it('is made of what a folder’s name has for it', () => {
    expect(name({ fileName: '/srv/_My Lab (2)/compose.yaml' })).toBe('mylab2')
  })

  it('is missing where the file has no folder', () => {
    expect(() => name({})).toThrow(
      '1:1  (the file): the application has no name: write name: NAME at the top',
    )
  })

  it('is refused when it cannot be one', () => {
    expect(() => name({ projectName: 'My Lab' })).toThrow(
      'the name asked for the application is "My Lab", and it may have small letters, digits, _ and -',
    )
  })
})

describe('profiles', () => {
  const text = `
services:
  web: { image: nginx }
  debug: { image: netshoot, profiles: [debug, all] }
  seed: { build: ./seed, profiles: [seed] }
`
  const started = (context: Partial<Parameters<typeof parseCompose>[1]>) =>
    parseCompose(text, { fileName: '/lab/compose.yaml', ...context }).services.map(({ name }) => name)

  it('leave a service out, unread, until one of its own is active', () => {
    expect(started({})).toEqual(['web'])
    expect(started({ profiles: ['debug'] })).toEqual(['web', 'debug'])
    expect(started({ environment: { COMPOSE_PROFILES: 'other, all' } })).toEqual(['web', 'debug'])
    expect(() => started({ profiles: ['*'] })).toThrow('services.seed.build: pair mode does not honour build')
  })

  it('are refused when they are not names', () => {
    expect(problemsOf('services: { web: { image: x, profiles: debug } }')).toEqual([
      'services.web.profiles: expected a list, got "debug"',
    ])
  })
})

describe('dependencies', () => {
  const lines = (services: string) => problemsOf(`services:\n${services}`)

  it('put services into their start order and keep what is waited for', () => {
    const { services } = readApplication(`
services:
  web: { image: a, depends_on: { db: { condition: service_healthy }, cache: { condition: service_started } } }
  cache: { image: b, depends_on: [db] }
  db: { image: c }
`)
    expect(services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['db', []],
      ['cache', [{ service: 'db', condition: 'started' }]],
      [
        'web',
        [
          { service: 'db', condition: 'healthy' },
          { service: 'cache', condition: 'started' },
        ],
      ],
    ])
  })

  it('may be missing when they are not required', () => {
    const text = `
services:
  web: { image: a, depends_on: { gone: { required: false }, off: { required: false } } }
  off: { image: b, profiles: [x] }
`
    expect(readApplication(text).services).toEqual([expect.objectContaining({ name: 'web', dependsOn: [] })])
  })

  it.each([
    [
      '  web: { image: a, depends_on: [db] }',
      'services.web.depends_on[0]: web depends on db, and no service of this name stands in the file',
    ],
    [
      '  web: { image: a, depends_on: { db: {} } }\n  db: { image: b, profiles: [x] }',
      'services.web.depends_on.db: web depends on db, and none of its profiles is active',
    ],
    [
      '  web: { image: a, depends_on: [web] }',
      'services.web.depends_on: services wait for one another: web -> web',
    ],
    [
      '  web: { image: a, depends_on: { db: { condition: service_completed_successfully } } }\n  db: { image: b }',
      'services.web.depends_on.db.condition: pair mode does not honour the value service_completed_successfully: no service is waited for until its end: do its work in the image or its entrypoint',
    ],
    [
      '  web: { image: a, depends_on: { db: { condition: healthy } } }\n  db: { image: b }',
      'services.web.depends_on.db.condition: expected "service_started" or "service_healthy", got "healthy"',
    ],
    [
      '  web: { image: a, depends_on: db }',
      'services.web.depends_on: expected a list of services, or a map, got "db"',
    ],
  ])('are refused when they are wrong: %s', (services, problem) => {
    expect(lines(services)).toEqual([problem])
  })
})

describe('the network of an application', () => {
  it('is its own where several services may talk to each other', () => {
    const { network, services } = readApplication(
      'name: lab\nservices: { a: { image: x }, b: { image: y, network_mode: host } }',
    )
    expect(services.map((service) => service.network)).toEqual(['application', 'host'])
    expect(network).toEqual({
      name: 'lab_default',
      labels: {
        'com.docker.compose.project': 'lab',
        'com.docker.compose.network': 'default',
        'shoal.mode': 'pair',
        'shoal.application': 'lab',
      },
    })
  })

  it('is none where one service has nobody to talk to, or all have said otherwise', () => {
    expect(readApplication(web).network).toBeUndefined()
    const text = 'services: { a: { image: x, network_mode: none }, b: { image: y, network_mode: host } }'
    expect(readApplication(text).network).toBeUndefined()
  })
})
