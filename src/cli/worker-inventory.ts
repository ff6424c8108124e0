// `shoal worker inventory`: the devices of this machine, and what the kernel shows that nobody has declared.
import type { Hardware } from '../devices/hardware.ts'
import type { Inventory } from '../devices/inventory.ts'
import { declarationsFile } from '../model/devices/declaration.ts'
import type { Device } from '../model/devices/device.ts'
import { localInventory } from '../worker/device-offer.ts'
import type { Io } from './io.ts'
import { type Column, renderTable } from './table.ts'

export interface InventoryFlags {
  readonly file?: string
  readonly json?: true
}

export async function workerInventory(io: Io, flags: InventoryFlags): Promise<void> {
  const { file = declarationsFile } = flags
  const inventory = await localInventory(file)
  if (flags.json) {
    io.out(`${JSON.stringify(asJson(inventory))}\n`)
    return
  }
  const { devices } = inventory
  if (devices.length === 0) io.out(`no devices: ${file} declares none, and the kernel shows none\n`)
  else io.out(renderTable(deviceColumns, devices))
  const others = undeclared(inventory)
  if (others.length === 0) return
  io.out(`\nthe kernel also shows, to be declared in ${file} where it is of use:\n`)
  io.out(renderTable(hardwareColumns, others))
}

const deviceColumns: readonly Column<Device>[] = [
  { title: 'DEVICE', cell: ({ id }) => id },
  { title: 'CAPABILITY', cell: ({ capability }) => capability },
  { title: 'DRIVER', cell: ({ driver }) => driver },
  { title: 'SHARED', cell: ({ shared }) => (shared === 1 ? 'no' : `by ${shared}`) },
  {
    title: 'STATE',
    cell: ({ grant, isDeclared }) => (grant === undefined ? 'absent' : isDeclared ? 'present' : 'found'),
  },
  { title: 'WHAT', cell: ({ grant, identity, absence }) => (grant === undefined ? absence : identity) },
]

const hardwareColumns: readonly Column<Hardware>[] = [
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'WHAT', cell: ({ identity }) => identity },
  { title: 'PARTS', cell: partsOf },
]

function partsOf({ parts }: Hardware): string {
  const known = parts.filter((part) => part !== '')
  return known.length > 8 ? `${known.slice(0, 8).join(' ')} …` : known.join(' ')
}

/** What no device uses. */
function undeclared({ devices, hardware }: Inventory): readonly Hardware[] {
  const used = new Set(
    devices.flatMap(({ grant }) => [
      ...(grant?.nodes.map(({ path }) => path) ?? []),
      ...(grant?.mounts.map(({ source }) => source) ?? []),
    ]),
  )
  return hardware.filter(
    ({ folder, node }) =>
      !used.has(node?.path ?? '') &&
      // A channel of a chip is a folder below it.
      ![...used].some((path) => path === folder || path.startsWith(`${folder}/`)),
  )
}

function asJson(inventory: Inventory): object {
  return {
    devices: inventory.devices.map(
      ({ id, capability, driver, shared, isDeclared, identity, grant, absence, paths }) => ({
        id,
        capability,
        driver,
        shared,
        declared: isDeclared,
        present: grant !== undefined,
        ...(grant === undefined ? { absence } : {}),
        identity,
        paths,
      }),
    ),
    undeclared: undeclared(inventory).map(({ kind, name, identity, node, links, parts }) => ({
      kind,
      name,
      identity,
      ...(node === undefined ? {} : { path: node.path }),
      links,
      parts,
    })),
  }
}
