// YAML text to located values, with every problem at its place.
import { type Alias, LineCounter, type Node, parseDocument, visit, type YAMLParseError } from 'yaml'
import type { Findings, Place } from './findings.ts'
import type { Located } from './located.ts'
import type { Environment } from './syntax/interpolate.ts'
import { yamlLimits } from './yaml-limits.ts'
import { YamlReader } from './yaml-reader.ts'

/** The file's one document; nothing when its syntax or its size is wrong. */
export function readYaml(text: string, environment: Environment, findings: Findings): Located | undefined {
  const start: Place = { path: '', line: 1, column: 1 }
  if (text.length > yamlLimits.characters) {
    findings.problem(start, `expected at most ${yamlLimits.characters} characters, got ${text.length}`)
    return undefined
  }
  const lines = new LineCounter()
  // Duplicate keys are found by the reader, where their path is known.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const [error] = document.errors
  if (error !== undefined) {
    // What follows the first error in the syntax is mostly its echo.
    const { line, col } = lines.linePos(error.pos[0])
    findings.problem({ path: '', line, column: col }, syntaxMessage(error, text))
    return undefined
  }
  if (document.contents === null) {
    findings.problem(start, 'empty; expected a map with services')
    return undefined
  }
  const reader = new YamlReader(lines, resolveAliases(document.contents), environment, findings)
  return reader.read(document.contents, '', 0)
}

/** The parser's own words, except where they would puzzle the author of a Compose file. */
function syntaxMessage({ code, message, pos }: YAMLParseError, text: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return `nested more than ${yamlLimits.depth} levels deep`
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; one Compose file is one document'
  const isVariable = text.slice(pos[0] - 1, pos[0] + 1) === '${'
  return isVariable ? `\${…} needs quotes inside of { } and [ ]: write "\${…}"` : message
}

/** What each alias stands for: the last node before it that carries its anchor. */
function resolveAliases(root: Node): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(root, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source)
      if (target !== undefined) targets.set(alias, target)
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}
