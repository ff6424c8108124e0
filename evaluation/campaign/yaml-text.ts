// The text of a YAML file as plain data that still knows its lines.
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../../src/model/problems.ts'

/** Written by hand, or a resolved one with every setting: some kilobytes. */
const mostCharacters = 262_144

export interface YamlText {
  readonly value: unknown
  /** ` (line 3)` of the value, or of what holds it where it is missing; empty where nothing tells. */
  lineOf(path: readonly PropertyKey[]): string
}

/** @returns the problems alone where the text is no YAML */
export function readYamlText(text: string): YamlText | { readonly problems: readonly Problem[] } {
  if (text.length > mostCharacters)
    return whole(`expected at most ${mostCharacters} characters, got ${text.length}`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0])
      return { path: `line ${line}, column ${col}`, message }
    })
    return { problems }
  }
  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
      const start = isNode(node) ? node.range?.[0] : undefined
      if (start !== undefined) return ` (line ${lines.linePos(start).line})`
    }
    return ''
  }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), lineOf }
  } catch (error) {
    // Aliases that multiply are refused by the parser.
    return whole(error instanceof Error ? error.message : String(error))
  }
}

function whole(message: string): { readonly problems: readonly Problem[] } {
  return { problems: [{ path: '', message }] }
}
