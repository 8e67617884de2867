/** The caller's environment, without what npm added to it. */
export function callersEnvironment() {
  const env = { ...process.env };
  if (!env.npm_lifecycle_event) return env;
  for (const name of Object.keys(env)) if (name.startsWith('npm_')) delete env[name];
  for (const name of ['INIT_CWD', 'NODE', 'COLOR']) delete env[name];
  const added = (entry) => /\/node_modules\/\.bin$|\/node-gyp-bin$/.test(entry);
  env.PATH = (env.PATH ?? '')
    .split(':')
    .filter((entry) => !added(entry))
    .join(':');
  return env;
}
