// The lab with a board that is up for all files of this folder.
import process from 'node:process'
import { defaultBoardCache } from '../../lab/board/image/board-image.ts'
import { Lab, type LabHost } from '../../lab/lab.ts'
import { labFolder } from '../lab/lab-folder.ts'

export const boardLabName = 'board'

export function openBoardLab(): Promise<Lab> {
  return Lab.open(boardLabName, labFolder())
}

/** Where what takes long to make is kept between runs. */
export function boardCache(): string {
  return process.env.SHOAL_BOARD_CACHE || defaultBoardCache
}

/** Runs a program that has to succeed. @returns its output */
export async function must(host: LabHost, argv: readonly string[], timeoutMs = 90_000): Promise<string> {
  const { exitCode, stdout, stderr } = await host.exec(argv, { timeoutMs })
  if (exitCode === 0) return stdout
  throw new Error(`${argv.join(' ')} on ${host.name} ended with ${exitCode}: ${stderr}${stdout}`)
}
