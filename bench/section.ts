// A bench's own part of a page: what stands between its two markers.

/** `page` with the text between `<!-- bench:name -->` and `<!-- /bench:name -->` replaced; throws where the markers are missing. */
export function replaceSection(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const from = page.indexOf(open)
  const to = page.indexOf(close)
  if (from === -1 || to < from) throw new Error(`the page has no section between ${open} and ${close}`)
  return `${page.slice(0, from + open.length)}\n${text.trim()}\n${page.slice(to)}`
}
