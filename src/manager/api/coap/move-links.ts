// Links of an instance, as a client that reaches it through the proxy must read them (RFC 6690 §2).

/**
 * @param links link format, with targets such as `</average>`
 * @param prefix such as `/s/compute`
 * @returns the same with every target that is a path moved below the prefix; whole URIs stay
 */
export function moveLinks(links: string, prefix: string): string {
  let isQuoted = false
  let moved = ''
  for (let at = 0; at < links.length; at += 1) {
    const character = links[at] ?? ''
    moved += character
    if (isQuoted && character === '\\') {
      at += 1
      moved += links[at] ?? ''
    } else if (character === '"') isQuoted = !isQuoted
    else if (character === '<' && !isQuoted && links[at + 1] === '/' && links[at + 2] !== '/') moved += prefix
  }
  return moved
}
