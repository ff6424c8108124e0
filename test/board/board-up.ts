// Brings up the lab that all files of this folder use: an access point and a board. Down again after the last one.
import process from 'node:process'
import { Lab } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { labFolder } from '../lab/lab-folder.ts'
import { boardCache, boardLabName } from './board-lab.ts'

const topology = `
subnet: 10.81.60.0/24
hosts:
  - {name: manager}
  - {name: board, kind: board}
`
/** Most of it for a machine that has other things to do: about a minute without, half a minute more where the image has to be made. */
const upTimeoutMs = 900_000

/** Vitest calls it once before all test files, and what it returns once after them. */
export default async function bringUp(): Promise<() => Promise<void>> {
  const startedAt = performance.now()
  const say = (line: string) =>
    process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
  const lab = await Lab.up(parseTopology(topology, 'the boards of the tests'), {
    name: boardLabName,
    dataFolder: labFolder(),
    signal: AbortSignal.timeout(upTimeoutMs),
    progress: say,
    boardCache: boardCache(),
  })
  return () => lab.down()
}
