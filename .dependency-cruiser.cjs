// The arrows between the rooms, as docs/architecture.md draws them. `npm run check` enforces them.
const arrow = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans-in-src', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'every import leads somewhere',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      severity: 'error',
      comment: 'a package that is imported is a package that package.json names',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-in-product',
      severity: 'error',
      comment: 'the product runs without the development packages',
      from: { path: '^(src|bin|services|lab|evaluation)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    arrow('src-stands-alone', '^src/', '^(lab|evaluation|bench|test|services|bin)/', 'src is the product'),
    arrow('model-is-pure', '^src/model/', '^src/(?!model/)', 'nouns and parsers import no other room'),
    arrow(
      'devices-import-model-only',
      '^src/devices/',
      '^src/(?!devices/|model/)',
      'an inventory is read here or on another machine: it knows neither worker nor pair mode',
    ),
    {
      name: 'model-has-no-io',
      severity: 'error',
      comment: 'no file, socket or process in the model',
      from: { path: '^src/(model|placement)/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|net|dgram|http|https|child_process|tls)' },
    },
    arrow(
      'coap-imports-model-only',
      '^src/coap/',
      '^src/(?!coap/|model/)',
      'CoAP knows nothing of Docker or the command line',
    ),
    arrow(
      'engine-imports-model-only',
      '^src/engine/',
      '^src/(?!engine/|model/)',
      'the Engine room is a leaf',
    ),
    arrow(
      'image-arrows',
      '^src/image/',
      '^src/(?!image/|model/|engine/)',
      'images are made of files, and of nothing that runs',
    ),
    arrow(
      'pair-arrows',
      '^src/pair/',
      '^src/(cli|manager|worker|discovery|placement)/',
      'pair mode needs no manager',
    ),
    arrow(
      'placement-arrows',
      '^src/placement/',
      '^src/(?!placement/|model/)',
      'placement is pure: plain values in, plain values out',
    ),
    arrow(
      'discovery-arrows',
      '^src/discovery/',
      '^src/(?!discovery/|model/|coap/)',
      'finding a manager needs the network alone',
    ),
    arrow(
      'manager-arrows',
      '^src/manager/',
      '^src/(cli|pair)/',
      'the manager speaks to Swarm and over CoAP, not over SSH',
    ),
    arrow('worker-arrows', '^src/worker/', '^src/(cli|manager|pair)/', 'a device carries no manager'),
    arrow('only-cli-is-cli', '^src/(?!cli/)', '^src/cli/', 'the command line is nobody’s library'),
    arrow(
      'services-arrows',
      '^services/',
      '^(lab|evaluation|bench|test|src/(?!coap/|model/))',
      'a service carries CoAP and the model, no more',
    ),
    arrow(
      'lab-arrows',
      '^lab/',
      '^(evaluation|bench|test|services)/',
      'the lab builds the world, it does not measure it',
    ),
    arrow(
      'evaluation-arrows',
      '^evaluation/',
      '^(bench|test)/',
      'the evaluation is product, bench and test are not',
    ),
    {
      name: 'only-coap-opens-udp',
      severity: 'error',
      comment: 'the only room that opens CoAP sockets',
      from: { path: '^(src|services|lab|evaluation)/', pathNot: '^src/coap/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?dgram' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
