import { array, assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitCommand } from '../../../../../src/model/compose/syntax/command-words.ts'

describe('a command in one string', () => {
  it.each([
    ['bundle exec thin -p 3000', ['bundle', 'exec', 'thin', '-p', '3000']],
    ['  a \t b\n c ', ['a', 'b', 'c']],
    [`sh -c 'echo "hello $HOME"'`, ['sh', '-c', 'echo "hello $HOME"']],
    ['a "b \\" \\\\ \\$ \\n c" d', ['a', 'b " \\ $ \\n c', 'd']],
    ['a\\ b c', ['a b', 'c']],
    [`'' "" x''y`, ['', '', 'xy']],
    ['a\\\nb', ['ab']],
    ['', []],
  ])('splits %j', (text, words) => {
    expect(splitCommand(text)).toEqual({ ok: true, words })
  })

  it.each([
    [`a 'b`, "a quote (') is opened and not closed"],
    ['a "b', 'a quote (") is opened and not closed'],
    ['a "b\\"', 'a quote (") is opened and not closed'],
    ['a\\', 'the command ends with a backslash'],
  ])('refuses %j', (text, problem) => {
    expect(splitCommand(text)).toEqual({ ok: false, problem })
  })

  it('gives back every word that was quoted', () => {
    const quote = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`
    assert(
      property(array(string()), (words) => {
        expect(splitCommand(words.map(quote).join(' '))).toEqual({ ok: true, words })
      }),
    )
  })

  it('never throws', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(splitCommand(text)).toBeDefined()
      }),
    )
  })
})
