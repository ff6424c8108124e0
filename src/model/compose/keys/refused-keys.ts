// Keys of a service: what pair mode does not honour.
import { type Rule, refused } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'

const windowsOnly = 'it exists on Windows alone'
const noFiles = 'files from here are not on the device'

export const refusedKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  annotations: refused('Docker 20.10 does not know them: use labels'),
  attach: refused('no service is attached to: shoal pair logs shows what it writes'),
  build: refused('build the image first and name it with image'),
  configs: refused(`${noFiles}: mount a path of the device under volumes`),
  cpu_count: refused(windowsOnly),
  cpu_percent: refused(windowsOnly),
  cpu_rt_period: refused('no real-time budget is handed on: use cpus or cpu_shares'),
  cpu_rt_runtime: refused('no real-time budget is handed on: use cpus or cpu_shares'),
  credential_spec: refused(windowsOnly),
  develop: refused('it is for docker compose watch'),
  env_file: refused(
    'one file is read: write the variables under environment, where a name alone takes yours',
  ),
  extends: refused('one file is read: share keys by a YAML anchor and <<'),
  external_links: refused('no foreign container is joined: use network_mode: host, or extra_hosts'),
  gpus: refused('name the device files under devices'),
  isolation: refused(windowsOnly),
  label_file: refused('one file is read: write them under labels'),
  links: refused(
    'services of one application reach each other by name on a device; for the order use depends_on',
  ),
  mac_address: refused('two instances cannot share one'),
  models: refused('it runs containers and no language models'),
  networks: refused(
    'on a device all services of the application share one network: leave networks out, or use network_mode',
  ),
  post_start: refused('there are no hooks: do it in the image or its entrypoint'),
  pre_stop: refused('there are no hooks: let the program handle stop_signal'),
  provider: refused('containers run on the Engine of a device and nowhere else'),
  pull_refresh_after: refused('the image that the device has is taken, and brought there when it is missing'),
  secrets: refused(`${noFiles}: mount a path of the device under volumes, or use environment`),
  use_api_socket: refused(
    'mount /var/run/docker.sock of the device under volumes, and mind that it is root on the device',
  ),
  volumes_from: refused('name the volume under volumes in both services'),
}
