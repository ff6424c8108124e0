// Keys of a service: which image, and how many instances of it.

import { readPattern, readWhole } from '../read-value.ts'
import { checked, honoured, nested, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { deploySection, readDeploy } from './deploy.ts'
import { readImage, readPlatform, readPullPolicy } from './image.ts'
import { readProfiles } from './profiles.ts'
import { xShoalSection } from './x-shoal.ts'

export const imageKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  image: honoured('image of the service; brought to the device where it is missing', 'image', readImage),
  platform: honoured('os/arch[/variant] of the image; left out, the device’s own', 'platform', readPlatform),
  pull_policy: honoured(
    'missing (if left out) brings the image to a device that lacks it, never takes the device’s or fails; other values are refused',
    'pullPolicy',
    readPullPolicy,
  ),
  container_name: honoured(
    'name of the container, in place of APPLICATION-SERVICE-1; with one replica only',
    'containerName',
    readPattern(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, 'a name of letters, digits, _ . -'),
  ),
  scale: honoured('instances, as deploy.replicas', 'scale', readWhole(0, 10_000)),
  deploy: honoured('replicas, resources and restarts, below', 'deploy', readDeploy, { '': deploySection }),
  profiles: checked(
    'the service belongs to the application only while COMPOSE_PROFILES names one of these; else its other keys are not read',
    readProfiles,
  ),
  'x-shoal': nested('what Compose has no word for, below', 'xShoal', xShoalSection),
}
