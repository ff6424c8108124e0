// The network of an application on a device: its name and its labels.
import type { ApplicationNetwork } from './application.ts'

/** Named and labelled as Compose names and labels its default network, so that tools know it. */
export function applicationNetwork(application: string): ApplicationNetwork {
  return {
    name: `${application}_default`,
    labels: {
      'com.docker.compose.project': application,
      'com.docker.compose.network': 'default',
      'shoal.mode': 'pair',
      'shoal.application': application,
    },
  }
}
