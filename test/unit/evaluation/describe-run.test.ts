import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commitOf } from '../../../evaluation/describe-run.ts'

function aProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'shoal-sources-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const room of ['src/model', 'services', 'lab', 'evaluation']) {
    mkdirSync(join(root, room), { recursive: true })
    writeFileSync(join(root, room, 'a.ts'), 'one\n')
  }
  return root
}

function git(root: string, ...words: string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
  execFileSync('git', [...who, ...words], { cwd: root, stdio: 'ignore' })
}

describe('the commit of a run', () => {
  it('is that of the checkout while the sources are as committed, whatever else is there', () => {
    const root = aProject()
    git(root, 'init')
    git(root, 'add', '.')
    git(root, 'commit', '-m', 'first')
    expect(commitOf(root)).toMatch(/^[0-9a-f]{7,}$/)
    writeFileSync(join(root, 'notes.txt'), 'mine')
    expect(commitOf(root)).toMatch(/^[0-9a-f]{7,}$/)
  })

  it('tells sources apart that differ from it, each in its own way', () => {
    const root = aProject()
    git(root, 'init')
    git(root, 'add', '.')
    git(root, 'commit', '-m', 'first')
    const seen = ['two\n', 'three\n', 'two\n'].map((text) => {
      writeFileSync(join(root, 'src/model/a.ts'), text)
      return commitOf(root)
    })
    expect(seen[0]).toMatch(/^[0-9a-f]{7,}\+[0-9a-f]{8}$/)
    expect(seen[1]).not.toBe(seen[0])
    expect(seen[2]).toBe(seen[0])
  })

  it('is told by the sources where there is no checkout: by what they hold, and by their names', () => {
    const root = aProject()
    const first = commitOf(root)
    expect(first).toMatch(/^unknown\+[0-9a-f]{8}$/)
    expect(commitOf(aProject())).toBe(first)
    renameSync(join(root, 'lab/a.ts'), join(root, 'lab/b.ts'))
    expect(commitOf(root)).not.toBe(first)
  })
})
