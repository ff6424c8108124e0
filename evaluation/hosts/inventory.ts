// An inventory of real hosts: who they are, how they are reached, where their power comes from. Checked as a whole before anything is started.
import * as z from 'zod/mini'
import { ShoalError } from '../../src/model/errors.ts'
import { type Problem, renderProblems } from '../../src/model/problems.ts'
import { isPowerWord, powerWords } from '../../src/telemetry/power/choose-power.ts'
import { renderPath, type SettingIssue, settingIssues } from '../campaign/setting-issue.ts'
import { readYamlText } from '../campaign/yaml-text.ts'
import { type HostRole, hostRoles } from './evaluation-host.ts'
import { type Link, links } from './stage.ts'

export interface InventoryHost {
  readonly name: string
  readonly role: HostRole
  /** This machine: programs are started here, without SSH. */
  readonly local: boolean
  /** Where ssh logs in. */
  readonly user: string
  readonly ssh: string
  readonly port: number | undefined
  /** Where the other hosts reach it, by link. */
  readonly addresses: Readonly<Partial<Record<Link, string | undefined>>>
  /** The folder of Shoal there. */
  readonly project: string
  /** As `shoal sample --power` takes it. */
  readonly power: string
  /** Whether sensors and actuators hang at it, which its /etc/shoal/devices.yaml declares. */
  readonly devices: boolean
}

export interface Inventory {
  /** Its file, for errors. */
  readonly place: string
  readonly manager: InventoryHost
  readonly client: InventoryHost
  /** In the order of the file: the first is the paper's server. */
  readonly workers: readonly InventoryHost[]
}

const mostHosts = 200

const hostName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
      'expected letters, digits, and . _ - between them, at most 63',
    ),
  )
const place = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/, 'expected an address or a host name'))
const byte = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const address = z.string().check(z.regex(new RegExp(`^${byte}(\\.${byte}){3}$`), 'expected an IPv4 address'))

const host = z.strictObject({
  name: hostName,
  role: z.enum(hostRoles),
  /** This machine. */
  local: z._default(z.boolean(), false),
  /** Who logs in there. Managers and workers need root: they start Engines anew. */
  user: z._default(
    z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/, 'expected a user name')),
    'root',
  ),
  /** Name, address, or alias of ~/.ssh/config; left out: the first of its addresses. */
  ssh: z.optional(place),
  port: z.optional(z.int().check(z.minimum(1), z.maximum(65_535))),
  /** Of all its links, where it has only one. */
  address: z.optional(address),
  /** Those that `address` is on. */
  links: z.optional(z.array(z.enum(links)).check(z.minLength(1))),
  /** By link, where they differ. */
  addresses: z.optional(
    z.strictObject({
      ethernet: z.optional(address),
      wlan: z.optional(address),
      direct: z.optional(address),
    }),
  ),
  /** The folder of Shoal there: a checkout, or what `npm` installed. */
  project: z._default(
    z.string().check(z.regex(/^\/[^\0\n]*$/, 'expected a whole path, from / on')),
    '/opt/shoal',
  ),
  /** auto, none, hwmon:FOLDER, tasmota:URL, model:pi3b … */
  power: z._default(
    z.string().check(z.minLength(1), z.refine(isPowerWord, `expected ${powerWords}`)),
    'auto',
  ),
  devices: z._default(z.boolean(), false),
})

const inventory = z.strictObject({
  hosts: z.array(host).check(z.minLength(1), z.maxLength(mostHosts)),
})

type Given = z.infer<typeof host>

/** The JSON schema of an inventory, for editors: docs/inventory.schema.json. */
export function inventorySchema(): object {
  return { ...z.toJSONSchema(inventory, { io: 'input' }), title: 'Hosts of shoal evaluate --inventory' }
}

/**
 * @param place names the text in the error: its file
 * @throws ShoalError `INVENTORY_INVALID` with every problem, its path and its line
 */
export function parseInventory(text: string, place: string): Inventory {
  const yaml = readYamlText(text)
  if ('problems' in yaml) throw invalid(place, yaml.problems)
  const parsed = inventory.safeParse(yaml.value)
  const issues = parsed.success
    ? contradictions(parsed.data.hosts)
    : settingIssues(inventory, yaml.value, parsed.error.issues)
  if (!parsed.success || issues.length > 0) {
    throw invalid(
      place,
      issues.map(({ path, message }) => ({
        path: renderPath(path),
        message: `${message}${yaml.lineOf(path)}`,
      })),
    )
  }
  const hosts = parsed.data.hosts.map(settle)
  const [manager, client] = (['manager', 'client'] as const).map((role) =>
    hosts.find((each) => each.role === role),
  )
  if (manager === undefined || client === undefined)
    throw new TypeError('an inventory without manager or client')
  return { place, manager, client, workers: hosts.filter(({ role }) => role === 'worker') }
}

function settle(given: Given): InventoryHost {
  const { name, role, local, user, port, project, power, devices } = given
  const addresses = addressesOf(given)
  const [first = name] = links.flatMap((link) => addresses[link] ?? [])
  return { name, role, local, user, ssh: given.ssh ?? first, port, addresses, project, power, devices }
}

function addressesOf({
  address: one,
  links: on = ['ethernet'],
  addresses,
}: Given): InventoryHost['addresses'] {
  return addresses ?? (one === undefined ? {} : Object.fromEntries(on.map((link) => [link, one])))
}

/** What no single value is wrong for. */
function contradictions(hosts: readonly Given[]): readonly SettingIssue[] {
  return [
    ...hosts.flatMap((each, index) => ownContradictions(each, index)),
    ...repeated(hosts),
    ...missing(hosts),
  ]
}

function ownContradictions(given: Given, index: number): readonly SettingIssue[] {
  const at = (key: string, message: string): SettingIssue => ({ path: ['hosts', index, key], message })
  const issues: SettingIssue[] = []
  if (given.addresses !== undefined && given.address !== undefined)
    issues.push(at('address', 'is told by addresses already'))
  if (given.links !== undefined && given.address === undefined)
    issues.push(at('links', 'goes with address; addresses names its links itself'))
  if (!given.local && Object.keys(addressesOf(given)).length === 0)
    issues.push({ path: ['hosts', index], message: 'needs an address, or addresses' })
  if (given.role !== 'client' && given.local && Object.keys(addressesOf(given)).length === 0)
    issues.push({ path: ['hosts', index], message: 'needs an address at which the others reach it' })
  if (given.local && given.ssh !== undefined) issues.push(at('ssh', 'this machine is not reached by ssh'))
  if (given.devices && given.role !== 'worker') issues.push(at('devices', 'hang at workers'))
  return issues
}

function repeated(hosts: readonly Given[]): readonly SettingIssue[] {
  const issues: SettingIssue[] = []
  const firstOf = new Map<string, number>()
  for (const [index, { name }] of hosts.entries()) {
    const first = firstOf.get(name)
    if (first === undefined) firstOf.set(name, index)
    else
      issues.push({
        path: ['hosts', index, 'name'],
        message: `"${name}" is the name of hosts[${first}] already`,
      })
  }
  const ownerOf = new Map<string, number>()
  for (const [index, given] of hosts.entries()) {
    for (const each of new Set(Object.values(addressesOf(given)))) {
      if (each === undefined) continue
      const owner = ownerOf.get(each)
      if (owner === undefined) ownerOf.set(each, index)
      else
        issues.push({
          path: ['hosts', index, given.addresses === undefined ? 'address' : 'addresses'],
          message: `${each} is an address of hosts[${owner}] already`,
        })
    }
  }
  for (const role of ['manager', 'client'] as const) {
    const [first, ...others] = hosts.flatMap((each, index) => (each.role === role ? [index] : []))
    for (const index of others)
      issues.push({ path: ['hosts', index, 'role'], message: `hosts[${first}] is the ${role} already` })
  }
  const [first, ...others] = hosts.flatMap((each, index) => (each.local ? [index] : []))
  for (const index of others)
    issues.push({ path: ['hosts', index, 'local'], message: `hosts[${first}] is this machine already` })
  return issues
}

function missing(hosts: readonly Given[]): readonly SettingIssue[] {
  return hostRoles
    .filter((role) => hosts.every((each) => each.role !== role))
    .map((role) => ({
      path: ['hosts'],
      message: `none of them is ${role === 'worker' ? 'a worker' : `the ${role}`}`,
    }))
}

function invalid(place: string, problems: readonly Problem[]): ShoalError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new ShoalError('INVENTORY_INVALID', {
    action: 'read',
    object: 'the inventory',
    place,
    reason: `${count}; nothing was started\n${renderProblems(problems)}`,
    nextStep: 'docs/evaluation.md has every key, docs/inventory.schema.json the schema',
  })
}
