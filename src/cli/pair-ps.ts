// `shoal pair ps`: the instances on devices.
import { renderEndpoint } from '../model/endpoint.ts'
import { type Claim, claimsLabel, parseClaims, renderClaims } from '../pair/claims/claim.ts'
import { foundEndpoint } from '../pair/coap-endpoint.ts'
import type { Device } from '../pair/device.ts'
import type { FoundInstance } from '../pair/instance.ts'
import { parseTargets } from '../pair/target.ts'
import { listInstances, withReachableDevices } from '../pair/with-devices.ts'
import type { Io } from './io.ts'
import { makeConnector, makeJournal, type PairOptions } from './pair-setting.ts'
import { type Column, renderTable } from './table.ts'
import { throwFirst } from './throw-first.ts'

interface Row {
  readonly instance: string
  readonly device: string
  readonly state: string
  readonly status: string
  readonly endpoint: string | null
  readonly claims: readonly Claim[]
  readonly image: string
  readonly container: string
  readonly createdAt: string
}

const columns: readonly Column<Row>[] = [
  { title: 'INSTANCE', cell: ({ instance }) => instance },
  { title: 'DEVICE', cell: ({ device }) => device },
  { title: 'ENDPOINT', cell: ({ endpoint }) => endpoint ?? '-' },
  { title: 'STATUS', cell: ({ status }) => status },
  { title: 'CLAIMS', cell: ({ claims }) => renderClaims(claims) || '-' },
  { title: 'IMAGE', cell: ({ image }) => image },
]

/** What can be reached is listed, and what cannot is told after it, with exit code 1. */
export async function pairPs(
  io: Io,
  words: readonly string[],
  options: PairOptions & { readonly json?: true },
): Promise<void> {
  const access = {
    connector: makeConnector(io, options),
    journal: makeJournal(io),
    say: (text: string) => io.err(`${text}\n`),
    signal: io.signal,
  }
  const { result, errors } = await withReachableDevices(parseTargets(words), access, async (devices) => {
    const rows = await Promise.all(
      devices.map(async (device) =>
        (await listInstances(device, io.signal)).map((found) => rowOf(found, device)),
      ),
    )
    return rows.flat()
  })
  io.out(
    options.json ? `${JSON.stringify({ instances: result }, undefined, 2)}\n` : renderTable(columns, result),
  )
  throwFirst(errors, io)
}

function rowOf(found: FoundInstance, { label, address }: Device): Row {
  const { container } = found
  const endpoint = container.state === 'running' ? foundEndpoint(found, address) : undefined
  return {
    instance: found.id,
    device: label,
    state: container.state,
    status: container.status,
    endpoint: endpoint === undefined ? null : renderEndpoint(endpoint),
    claims: parseClaims(container.labels[claimsLabel]),
    image: container.image,
    container: container.id,
    createdAt: new Date(container.createdAtMs).toISOString(),
  }
}
