// The address of a smart plug: `http://NAME:PASSWORD@10.0.0.7`, `mqtt://NAME:PASSWORD@10.0.0.2/PLUG`. Its password is shown nowhere.

export interface PlugAddress {
  /** Without name and password. */
  readonly url: URL
  readonly username: string
  readonly password: string
  /** Of the URL, without slashes at its ends. */
  readonly path: string
}

/** @returns undefined where it is none, or a part of it is no text in percent-encoding */
export function parsePlugAddress(text: string, protocols: readonly string[]): PlugAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '' || !protocols.includes(url.protocol)) return undefined
  try {
    const [username = '', password = '', path = ''] = [
      url.username,
      url.password,
      url.pathname.replaceAll(/^\/+|\/+$/g, ''),
    ].map(decodeURIComponent)
    url.username = ''
    url.password = ''
    return { url, username, password, path }
  } catch {
    return undefined
  }
}

/** Whatever it is, for errors: what may be a name and a password is cut out. */
export function withoutCredentials(text: string): string {
  const begin = text.indexOf('//') + 2
  const end = text.lastIndexOf('@') + 1
  return end > begin && begin > 1 ? text.slice(0, begin) + text.slice(end) : text.slice(end)
}
