// The keys `secrets` and `configs`, at the top of the file and of a service: small files that Swarm carries to the nodes.
import type { Findings, Place } from '../../findings.ts'
import type { Located } from '../../located.ts'
import { readRecord } from '../../read-key-values.ts'
import { expected, readBoolean, readFilledText, readList, readPattern, readText } from '../../read-value.ts'
import { honoured, type Patch, readSection, refused, type Section } from '../../section.ts'
import { readFileMode } from '../file-mode.ts'

export interface FileDraft {
  readonly name: string
  readonly external: boolean
  readonly content: string
  /** Of a file of the client's, as the Compose file has it. */
  readonly path: string
  /** Name of a variable of the client's. */
  readonly variable: string
  readonly labels: Readonly<Record<string, string>>
}

export type Files = ReadonlyMap<string, { readonly draft: Patch<FileDraft>; readonly place: Place }>

const readName = readPattern(
  /^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/,
  'a name of letters, digits, _ . -, a letter or digit at both ends',
)

const shared = {
  name: honoured(
    'name in Swarm, with a hash of the content behind it; left out, APPLICATION_KEY; of an external one the whole name',
    'name',
    readName,
  ),
  external: honoured(
    'true: it is in Swarm already, and stays when the application goes',
    'external',
    readBoolean,
  ),
  environment: honoured('name of a variable of yours that holds the content', 'variable', readFilledText),
  labels: honoured('labels in Swarm', 'labels', readRecord),
  file: honoured(
    'path of a file of yours, from the folder of the Compose file: its content goes along with the deployment; less than 500 KiB',
    'path',
    readFilledText,
  ),
  template_driver: refused('contents are carried as they are'),
} as const

export const configSection: Section<FileDraft> = {
  extensible: true,
  keys: { ...shared, content: honoured('the text itself', 'content', readText) },
}

export const secretSection: Section<FileDraft> = {
  extensible: true,
  keys: {
    ...shared,
    driver: refused('Swarm keeps the content itself'),
    driver_opts: refused('Swarm keeps the content itself'),
    content: refused(
      'a secret does not stand in a Compose file: name a file with file, or a variable with environment',
    ),
  },
}

export function readFiles(section: Section<FileDraft>) {
  return (value: Located, findings: Findings): Files | undefined => {
    if (value.kind !== 'map') return expected(value, findings, 'a map')
    return new Map(
      [...value.entries].map(([key, entry]) => [
        key,
        { draft: readSource(section, entry.value, findings), place: entry.key },
      ]),
    )
  }
}

/** Where the content comes from is said once. */
function readSource(section: Section<FileDraft>, value: Located, findings: Findings): Patch<FileDraft> {
  const before = findings.problemCount
  const draft = readSection(section, value, findings)
  const isExternal = draft.external === true
  const sources = [draft.content, draft.path, draft.variable].filter((source) => source !== undefined)
  const known = section === configSection ? 'content, file' : 'file'
  if (findings.problemCount > before) return draft
  if (isExternal && (sources.length > 0 || draft.labels !== undefined))
    findings.problem(value.place, 'it is external, and Swarm has it with its content: leave the rest out')
  else if (!isExternal && sources.length !== 1)
    findings.problem(value.place, `expected one of ${known}, environment or external: true`)
  return draft
}

export interface FileUseDraft {
  readonly key: string
  readonly target: string | undefined
  readonly uid: string
  readonly gid: string
  readonly mode: number
  readonly place: Place
}

interface LongUse {
  readonly source: string
  readonly target: string
  readonly uid: string
  readonly gid: string
  readonly mode: number
}

const readId = readPattern(/^\d+$/, 'a number in quotes')

export const fileUseSection: Section<LongUse> = {
  extensible: true,
  keys: {
    source: honoured('its key at the top of the file', 'source', readFilledText),
    target: honoured(
      'path in the container; a name alone lies below /run/secrets, or / for a config',
      'target',
      readFilledText,
    ),
    uid: honoured('number of its owner; left out, 0', 'uid', readId),
    gid: honoured('number of its group; left out, 0', 'gid', readId),
    mode: honoured('file mode, octal; left out, 0444', 'mode', readFileMode),
  },
}

export const readFileUses = readList(readFileUse)

function readFileUse(value: Located, findings: Findings): FileUseDraft | undefined {
  const { place } = value
  if (value.kind !== 'map') {
    const key = readFilledText(value, findings)
    return key === undefined ? undefined : { key, target: undefined, uid: '0', gid: '0', mode: 0o444, place }
  }
  const { source, target, uid = '0', gid = '0', mode = 0o444 } = readSection(fileUseSection, value, findings)
  if (source !== undefined) return { key: source, target, uid, gid, mode, place }
  findings.problem(place, 'source is missing')
  return undefined
}
