import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inventorySchema, parseInventory } from '../../../../evaluation/hosts/inventory.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

const problemsOf = (text: string): string[] => {
  try {
    parseInventory(text, 'hosts.yaml')
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'INVENTORY_INVALID')
      return error.reason
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

const least = `hosts:
- {name: gateway, role: manager, address: 10.0.0.1}
- {name: laptop, role: client, local: true}
- {name: edge1, role: worker, address: 10.0.0.2}
`

describe('parseInventory', () => {
  it('reads every key', () => {
    const { manager, client, workers } = parseInventory(
      `hosts:
- name: gateway
  role: manager
  user: root
  ssh: gateway.local
  port: 2222
  addresses: {ethernet: 10.0.0.1, wlan: 10.42.0.1, direct: 10.78.0.1}
  project: /srv/shoal
  power: tasmota:http://10.0.0.7
- {name: laptop, role: client, local: true, address: 10.0.0.9}
- {name: edge2, role: worker, address: 10.0.0.3, links: [ethernet, direct], devices: true}
- {name: edge1, role: worker, address: 10.0.0.2}
`,
      'hosts.yaml',
    )
    expect(manager).toEqual({
      name: 'gateway',
      role: 'manager',
      local: false,
      user: 'root',
      ssh: 'gateway.local',
      port: 2222,
      addresses: { ethernet: '10.0.0.1', wlan: '10.42.0.1', direct: '10.78.0.1' },
      project: '/srv/shoal',
      power: 'tasmota:http://10.0.0.7',
      devices: false,
    })
    expect(client).toMatchObject({ local: true, addresses: { ethernet: '10.0.0.9' }, power: 'auto' })
    expect(workers.map(({ name }) => name)).toEqual(['edge2', 'edge1'])
    expect(workers[0]).toMatchObject({
      addresses: { ethernet: '10.0.0.3', direct: '10.0.0.3' },
      ssh: '10.0.0.3',
      devices: true,
    })
  })

  it('takes little for enough', () => {
    expect(parseInventory(least, 'x').workers[0]).toMatchObject({
      user: 'root',
      ssh: '10.0.0.2',
      port: undefined,
    })
  })

  it('tells every wrong value at once, with its path, its line and the nearest key', () => {
    expect(
      problemsOf(`hosts:
- {name: gateway, role: manger, adress: 10.0.0.1}
- {name: "a b", role: client, address: gateway.local, port: 0}
- {name: edge1, role: worker, addresses: {ethernet: 10.0.0.256, wifi: 10.42.0.2}, project: shoal}
- {name: edge2, role: worker, address: 10.0.0.4, links: [wlna], power: tasmota:10.0.0.7}
`),
    ).toEqual([
      expect.stringMatching(
        /^hosts\[0\]\.role: expected one of manager, client, worker, got "manger"; did you mean "manager"\? \(line 2\)$/,
      ),
      expect.stringMatching(
        /^hosts\[0\]\.adress: unknown key "adress"; did you mean "address"\? \(line 2\)$/,
      ),
      expect.stringMatching(/^hosts\[1\]\.name: expected letters.*\(line 3\)$/),
      expect.stringMatching(/^hosts\[1\]\.port: expected at least 1, got 0 \(line 3\)$/),
      expect.stringMatching(
        /^hosts\[1\]\.address: expected an IPv4 address, got "gateway.local" \(line 3\)$/,
      ),
      expect.stringMatching(/^hosts\[2\]\.addresses\.ethernet: expected an IPv4 address/),
      expect.stringMatching(/^hosts\[2\]\.addresses\.wifi: unknown key "wifi"/),
      expect.stringMatching(/^hosts\[2\]\.project: expected a whole path.*\(line 4\)$/),
      expect.stringMatching(/^hosts\[3\]\.links\[0\]: expected one of ethernet, wlan, direct, got "wlna"/),
      expect.stringMatching(/^hosts\[3\]\.power: expected auto, none, hwmon:FOLDER, .*\(line 5\)$/),
    ])
  })

  it('tells what no single value is wrong for', () => {
    expect(
      problemsOf(`hosts:
- {name: a, role: manager, address: 10.0.0.9, addresses: {ethernet: 10.0.0.1, wlan: 10.42.0.1}}
- {name: a, role: manager, address: 10.0.0.1, devices: true}
- {name: b, role: worker}
- {name: c, role: worker, local: true, links: [wlan], ssh: c.local}
- {name: d, role: worker, local: true, address: 10.0.0.2}
- {name: e, role: worker, addresses: {ethernet: 10.0.0.2, wlan: 10.42.0.5}}
`),
    ).toEqual([
      'hosts[0].address: is told by addresses already (line 2)',
      'hosts[1].devices: hang at workers (line 3)',
      'hosts[2]: needs an address, or addresses (line 4)',
      'hosts[3].links: goes with address; addresses names its links itself (line 5)',
      'hosts[3]: needs an address at which the others reach it (line 5)',
      'hosts[3].ssh: this machine is not reached by ssh (line 5)',
      'hosts[1].name: "a" is the name of hosts[0] already (line 3)',
      'hosts[1].address: 10.0.0.1 is an address of hosts[0] already (line 3)',
      'hosts[5].addresses: 10.0.0.2 is an address of hosts[4] already (line 7)',
      'hosts[1].role: hosts[0] is the manager already (line 3)',
      'hosts[4].local: hosts[3] is this machine already (line 6)',
      'hosts: none of them is the client (line 2)',
    ])
  })

  it.each([
    '',
    '[]',
    'hosts: []',
    'hosts: 7',
    'hosts: [7]',
    'hosts: [',
    'a: &a [*a]',
    `${' '.repeat(300_000)}`,
  ])('refuses %j as an inventory', (text) => expect(problemsOf(text)).not.toEqual([]))

  it('refuses any text in words, or reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(problemsOf(JSON.stringify({ hosts: value }))).not.toEqual([])
      }),
    )
  })
})

it('docs/inventory.schema.json is the schema of what is read', () => {
  const file = fileURLToPath(new URL('../../../../docs/inventory.schema.json', import.meta.url))
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(inventorySchema())))
})

describe('the inventory that the docs show', () => {
  const project = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8')

  it('is one, in the example and on the page', () => {
    const example = parseInventory(project('examples/evaluation/hosts.yaml'), 'example')
    const shown = /```yaml\n(hosts:[\s\S]*?)```/.exec(project('docs/evaluation.md'))?.[1] ?? ''
    const page = parseInventory(shown, 'page')
    for (const { client, manager, workers } of [example, page])
      expect([client.name, manager.name, ...workers.map(({ name }) => name)]).toEqual([
        'laptop',
        'gateway',
        'board1',
      ])
  })
})
