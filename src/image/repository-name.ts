// Where an image lies in the manager's registry: under its own name, whatever registry it came from.
import { ShoalError } from '../model/errors.ts'
import { parseImageReference } from '../model/image-reference.ts'

export interface RepositoryName {
  /** `shoal/compute` */
  readonly repository: string
  /** A tag, or a digest. */
  readonly name: string
}

/**
 * `shoal/compute:0.1.0` → `shoal/compute`, `0.1.0`; `nginx` → `library/nginx`, `latest`; the name of a foreign registry stays in front,
 * its port behind a dash, since a repository has no colon: `reg:5000/a:1` → `reg-5000/a`, `1`.
 * @throws ShoalError IMAGE_UNKNOWN for what is no reference
 */
export function repositoryNameOf(text: string): RepositoryName {
  const parsed = parseImageReference(text)
  if (!parsed.ok) {
    throw new ShoalError('IMAGE_UNKNOWN', {
      action: 'read',
      object: `the image name ${text}`,
      reason: parsed.problem,
    })
  }
  const { registry, repository, tag, digest } = parsed.reference
  const path =
    registry === 'docker.io' ? repository : `${registry.replace(':', '-').toLowerCase()}/${repository}`
  return { repository: path, name: digest ?? tag ?? 'latest' }
}
