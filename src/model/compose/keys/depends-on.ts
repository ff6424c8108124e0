// The key `depends_on` of a service.
import type { Dependency } from '../../application.ts'
import type { Findings, Place } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected, readBoolean, readFilledText, readHonoured } from '../read-value.ts'
import { honoured, readSection, refused, type Section, withCluster } from '../section.ts'

export interface DependencyDraft extends Dependency {
  /** Whether the application is wrong without it. */
  readonly required: boolean
  readonly place: Place
}

interface DependencyKeys {
  readonly condition: 'service_started' | 'service_healthy'
  readonly required: boolean
}

const neverEnds = 'no service is waited for until its end: do its work in the image or its entrypoint'

export const dependencySection: Section<DependencyKeys> = {
  extensible: true,
  keys: withCluster<DependencyKeys>(
    {
      condition: honoured(
        'service_started (its container runs) or service_healthy (its health check passes)',
        'condition',
        readHonoured(['service_started', 'service_healthy'], {
          pattern: /^service_completed_successfully$/,
          reason: neverEnds,
        }),
      ),
      required: honoured(
        'false: the service starts without it where the file or its profile leaves it out',
        'required',
        readBoolean,
      ),
      restart: refused('no service is restarted because another was changed'),
    },
    {
      condition: honoured('service_started only: it is created first', 'condition', readClusterCondition),
    },
  ),
}

/** Instances move and are replaced at any time: a start that waited would promise what holds once. */
function readClusterCondition(value: Located, findings: Findings): 'service_started' | undefined {
  if (value.kind === 'scalar' && value.value === 'service_completed_successfully') {
    findings.problem(value.place, `cluster mode does not honour the value ${value.value}: ${neverEnds}`)
    return undefined
  }
  return readHonoured(['service_started'], {
    pattern: /^service_healthy$/,
    reason:
      'Swarm moves and replaces instances at any time: let the program try until the other answers, and say service_started',
  })(value, findings)
}

export function readDependsOn(value: Located, findings: Findings): readonly DependencyDraft[] | undefined {
  if (value.kind === 'map') {
    return [...value.entries].map(([service, entry]) => {
      const { condition = 'service_started', required = true } = readSection(
        dependencySection,
        entry.value,
        findings,
      )
      const how = condition === 'service_healthy' ? 'healthy' : 'started'
      return { service, condition: how, required, place: entry.key }
    })
  }
  if (value.kind !== 'list') return expected(value, findings, 'a list of services, or a map')
  return value.items.flatMap((item) => {
    const service = readFilledText(item, findings)
    return service === undefined
      ? []
      : [{ service, condition: 'started', required: true, place: item.place } as const]
  })
}
