// A command given as one string, split into words as a shell would, without running one: no variables, no globs.

export type SplitCommand =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/**
 * Splits at white space; `'…'` keeps everything, `"…"` lets a backslash escape `"`, `\`, `$` and a backtick, a backslash outside
 * of quotes keeps the next character.
 * @see POSIX, Shell Command Language §2.2 Quoting
 */
export function splitCommand(text: string): SplitCommand {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += 1
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return unclosed("'")
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (character === '"') {
      const quoted = readDoubleQuoted(text, at + 1)
      if (quoted === undefined) return unclosed('"')
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (character === '\\') {
      if (at + 1 === text.length) return { ok: false, problem: 'the command ends with a backslash' }
      const next = text.charAt(at + 1)
      word = next === '\n' ? word : (word ?? '') + next
      at += 2
    } else {
      word = (word ?? '') + character
      at += 1
    }
  }
  if (word !== undefined) words.push(word)
  return { ok: true, words }
}

/** The text up to the closing quote, and the position behind it. */
function readDoubleQuoted(text: string, from: number): { text: string; end: number } | undefined {
  let result = ''
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') return { text: result, end: at + 1 }
    const next = text.charAt(at + 1)
    if (character === '\\' && next !== '' && '"\\$`\n'.includes(next)) {
      result += next === '\n' ? '' : next
      at += 1
    } else {
      result += character
    }
  }
  return undefined
}

function unclosed(quote: string): SplitCommand {
  return { ok: false, problem: `a quote (${quote}) is opened and not closed` }
}
