// The JSON schema of /etc/shoal/devices.yaml, for editors: docs/devices.schema.json.
import * as z from 'zod/mini'
import { deviceDeclarations } from './declaration.ts'

/** JSON Schema 2020-12, made from what reads the file. */
export function declarationsSchema(): object {
  return {
    ...z.toJSONSchema(deviceDeclarations, { io: 'input' }),
    title: 'Devices of a node: /etc/shoal/devices.yaml',
  }
}
