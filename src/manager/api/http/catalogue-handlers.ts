// /api/v1/catalogue: Compose files that the cluster keeps.
import { ShoalError } from '../../../model/errors.ts'
import { unknownEntry } from '../../catalogue.ts'
import { doneReply, type Handlers } from './api-reply.ts'
import { deployRequestOf } from './application-handlers.ts'
import type { HttpParts } from './parts.ts'
import { representEntry } from './representation.ts'

type Names = 'catalogue' | 'catalogueFile' | 'putCatalogue' | 'removeCatalogue'

export function catalogueHandlers({ catalogue, deployer }: HttpParts): Pick<Handlers, Names> {
  const find = (name: string) => {
    const entry = catalogue.find(name)
    if (entry === undefined) throw unknownEntry(name.slice(0, 128), catalogue.list())
    return entry
  }
  return {
    catalogue: () => ({ json: { entries: catalogue.list().map(representEntry) } }),
    catalogueFile: ({ params: { name } }) => {
      const entry = find(name)
      const { compose, environment } = entry.request
      return { json: { ...representEntry(entry), compose, variables: Object.keys(environment).sort() } }
    },
    putCatalogue: async ({ params, body, lifetime }) => {
      const request = deployRequestOf(body)
      const { name } = deployer.parse(request)
      if (name !== params.name) {
        throw new ShoalError('API_REQUEST_INVALID', {
          action: 'add',
          object: `${params.name.slice(0, 128)} to the catalogue`,
          reason: `the Compose file is of the application ${name}, and it is kept under that name`,
          nextStep: `PUT /api/v1/catalogue/${name}`,
        })
      }
      await catalogue.add(request, { signal: lifetime })
      return { json: representEntry(find(name)) }
    },
    removeCatalogue: async ({ params: { name }, lifetime }) => {
      await catalogue.remove(name, { signal: lifetime })
      return doneReply
    },
  }
}
