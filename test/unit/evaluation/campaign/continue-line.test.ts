import { join } from 'node:path'
import { expect, it } from 'vitest'
import { continueLine } from '../../../../evaluation/campaign/continue-line.ts'

it.each([
  [join(process.cwd(), 'quick-1'), undefined, 'shoal evaluate -o quick-1'],
  ['/far/away', undefined, 'shoal evaluate -o /far/away'],
  ["/my runs/it's", 'my hosts.yaml', "shoal evaluate -o '/my runs/it'\\''s' --inventory 'my hosts.yaml'"],
])('the run in %j goes on by a line that a shell takes', (folder, inventory, line) => {
  expect(continueLine(folder, inventory)).toBe(line)
})
