import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { architectureOf, architectures } from '../../../src/image/architecture.ts'
import { dropUnloaded, parseElf } from '../../../src/image/elf.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoal-elf-'))
afterAll(() => rmSync(folder, { recursive: true }))

const node = readFileSync(process.execPath)

describe('an ELF file', () => {
  it('tells its machine, its loader and the libraries that ldd names', () => {
    const elf = parseElf(node)
    const linked = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
    const own = architectureOf(process.arch)
    expect(elf.machine).toBe(own && architectures[own].elfMachine)
    expect(elf.interpreter).toMatch(/^\/lib.*\/ld-linux/)
    expect(elf.needed.length).toBeGreaterThan(3)
    for (const soname of elf.needed) expect(linked).toContain(soname)
  })

  it('runs without what no segment loads', () => {
    const stripped = join(folder, 'node')
    writeFileSync(stripped, dropUnloaded(node))
    chmodSync(stripped, 0o755)
    expect(dropUnloaded(node).length).toBeLessThanOrEqual(node.length)
    expect(
      execFileSync(stripped, ['-p', '[...new Intl.Segmenter().segment("ab")].length'], { encoding: 'utf8' }),
    ).toBe('2\n')
  })

  it('is as small without its symbols as strip can make it', () => {
    const stripped = join(folder, 'stripped')
    execFileSync('strip', ['-o', stripped, process.execPath])
    // What strip keeps beyond it are the names and the table of the sections.
    const difference = readFileSync(stripped).length - dropUnloaded(node).length
    expect(difference).toBeGreaterThanOrEqual(0)
    expect(difference).toBeLessThan(64 * 1024)
  })

  it.each([
    ['a text', Buffer.from('#!/bin/sh\n'.padEnd(100)), 'not an ELF file'],
    ['a stump', node.subarray(0, 20), 'not an ELF file'],
    ['a 32-bit file', patched(4, 1), 'not a 64-bit little-endian ELF file'],
    ['a big-endian file', patched(5, 2), 'not a 64-bit little-endian ELF file'],
  ])('is not %s', (_, bytes, message) => {
    expect(() => parseElf(bytes)).toThrow(message)
  })
})

function patched(at: number, byte: number): Buffer {
  const header = Buffer.from(node.subarray(0, 4096))
  header[at] = byte
  return header
}
