import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readSettings, SETTINGS } from '../../domain/settings.js';
import type { SettingName } from '../../domain/settings.js';
import { SEARCH_ATTRIBUTES, SERVER_SWITCHES } from '../../sandbox/servers/temporal.js';
import { environmentOf, filledDotEnv, interpolate, ownServices, readCompose, readDotEnvExample, readProjectFile, requiredVariables } from './compose-file.js';

/** Settings of a yard on one machine and of the stand-ins: nothing that a compose file sets. */
const LOCAL_ONLY: readonly SettingName[] = ['MONGOD_PATH', 'TEMPORAL_CLI_PATH', 'CHROME_PATH', 'DISCORD_API_URL', 'ATTACHMENT_ORIGINS'];
const isServerVariable = (name: string): boolean => /^(TEMPORAL|MONGO|POSTGRES)_/.test(name);
const isSetting = (name: string): name is SettingName => name in SETTINGS;
const durationMs = (text: string): number => {
  const read = readSettings({ SHUTDOWN_GRACE: text }, ['SHUTDOWN_GRACE']);
  return read.kind === 'ok' ? read.values.SHUTDOWN_GRACE : Number.NaN;
};

describe('docker-compose.yml', () => {
  const compose = readCompose();
  const services = Object.entries(compose.services);

  it('publishes every port on loopback unless BIND_ADDRESS says otherwise', () => {
    const ports = services.flatMap(([, service]) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) {
      expect(interpolate(port, {})).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      expect(interpolate(port, { BIND_ADDRESS: '10.0.0.5' })).toMatch(/^10\.0\.0\.5:/);
    }
    expect(services.filter(([, service]) => 'network_mode' in service || 'privileged' in service)).toEqual([]);
  });

  it('does not publish MongoDB, PostgreSQL or Temporal, which ask nobody who they are or hold everything', () => {
    for (const name of ['mongodb', 'postgresql', 'temporal']) {
      expect([name, compose.services[name]?.ports, compose.services[name]?.networks]).toEqual([name, [], ['servers']]);
    }
    expect(compose.networks['servers']?.internal).toBe(true);
  });

  it('pins every image to a version', () => {
    for (const [name, { image }] of services) expect([name, image]).toEqual([name, expect.stringMatching(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/)]);
  });

  it('gives our own processes only variables that the settings table or the servers know', () => {
    for (const [name, service] of ownServices()) {
      expect([name, Object.keys(service.environment).filter((variable) => !isSetting(variable) && !isServerVariable(variable))]).toEqual([name, []]);
    }
  });

  it('can pass on every setting but those of a yard on one machine', () => {
    const named = new Set(ownServices().flatMap(([, service]) => Object.keys(service.environment)));
    expect(Object.keys(SETTINGS).filter((name) => !named.has(name)).sort()).toEqual([...LOCAL_ONLY].sort());
  });

  it('gives secrets only to the processes that need them', () => {
    const holders = (variable: string): string[] => ownServices().filter(([, service]) => variable in service.environment).map(([name]) => name).sort();
    expect(holders('DISCORD_TOKEN')).toEqual(['bot', 'worker-discord']);
    expect(holders('DOWNLOAD_SECRET')).toEqual(['bot', 'web', 'worker-discord']);
    expect(holders('COMFYUI_HEADERS')).toEqual(['worker-gpu']);
    expect(holders('MONGO_ROOT_PASSWORD')).toEqual(['prepare-mongodb']);
    expect(ownServices().filter(([, service]) => service.env_file !== undefined)).toEqual([]);
  });

  it('lets a process end its work before it is killed', () => {
    for (const [name, service] of ownServices()) {
      expect([name, durationMs(service.stop_grace_period ?? '0s') > durationMs(SETTINGS.SHUTDOWN_GRACE.default)]).toEqual([name, true]);
    }
  });

  it('lets the processes hear every signal, also one that comes while they start', () => {
    for (const [name, service] of ownServices()) expect([name, service.init]).toEqual([name, true]);
  });

  it('starts everything again that ended, but a finished preparation only after a failure', () => {
    for (const [name, service] of services) expect([name, service.restart]).toEqual([name, name.startsWith('prepare-') ? 'on-failure:5' : 'unless-stopped']);
  });

  it('waits for health only where a check is, and for success only of preparations', () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries(service.depends_on)) {
        const isPreparation = other.startsWith('prepare-');
        expect([name, other, condition]).toEqual([name, other, isPreparation ? 'service_completed_successfully' : 'service_healthy']);
        if (!isPreparation) expect([other, compose.services[other]?.healthcheck]).not.toEqual([other, undefined]);
      }
    }
  });

  it('keeps the data of both databases in volumes', () => {
    const volumes = services.flatMap(([, service]) => service.volumes.map((volume) => volume.split(':')[0] ?? '')).filter((source) => !source.startsWith('.'));
    expect(volumes.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('mounts only files that are in the project', () => {
    const files = services.flatMap(([, service]) => service.volumes).filter((volume) => volume.startsWith('./'));
    expect(files.length).toBe(4);
    for (const file of files) expect(readProjectFile((file.split(':')[0] ?? '').slice(2))).not.toBe('');
  });

  it('gives Temporal the switches that the tests run with', () => {
    const written = parse(readProjectFile('deploy/temporal/dynamic-config.yaml')) as Record<string, { value: unknown }[]>;
    const values = Object.fromEntries(Object.entries(written).map(([name, [rule]]) => [name, String(rule?.value)]));
    expect(values).toEqual(SERVER_SWITCHES);
  });

  it('registers the search attributes that the tests run with', () => {
    const registered = [...readProjectFile('deploy/temporal/prepare-namespace.sh').matchAll(/^attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    expect(Object.fromEntries(registered)).toEqual(SEARCH_ATTRIBUTES);
  });
});

describe('.env.example', () => {
  const lines = readDotEnvExample();
  const names = lines.map(({ name }) => name);

  it('has every variable without which compose refuses to start', () => {
    expect(requiredVariables().filter((name) => !names.includes(name))).toEqual([]);
    expect(requiredVariables().length).toBeGreaterThan(5);
  });

  it('has only variables that compose uses', () => {
    const text = readProjectFile('docker-compose.yml');
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('explains every variable in a sentence', () => {
    for (const { name, comment } of lines) expect([name, comment]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
  });

  it('holds no secret', () => {
    const secrets = lines.filter(({ name }) => /TOKEN|PASSWORD|SECRET|KEY|HEADERS/.test(name));
    expect(secrets.filter(({ value }) => value !== '')).toEqual([]);
    expect(secrets.length).toBe(7);
  });

  it('filled in, gives every process an environment whose values its settings accept', () => {
    for (const [name, service] of ownServices()) {
      const environment = environmentOf(service, filledDotEnv(requiredVariables()));
      const settings = Object.keys(environment).filter(isSetting);
      const outcome = readSettings({ ...environment, PUBLIC_URL: 'https://yard.example' }, settings);
      expect([name, outcome.kind === 'ok' ? [] : outcome.problems]).toEqual([name, []]);
    }
  });

  it('left empty, is refused with the name of the variable that is missing', () => {
    const [, bot] = ownServices().find(([name]) => name === 'bot') ?? [];
    expect(bot).toBeDefined();
    if (bot !== undefined) expect(() => environmentOf(bot, { ...filledDotEnv(requiredVariables()), DISCORD_TOKEN: '' })).toThrow('DISCORD_TOKEN is not set');
  });
});

describe('Dockerfile', () => {
  const text = readProjectFile('Dockerfile');
  const stages = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);

  it('builds every stage from one pinned image of Node', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(new Set(stages).size).toBe(1);
    expect(stages[0]).toMatch(/^node:20\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs as somebody who is not root, with signals handed on', () => {
    const last = text.slice(text.lastIndexOf('FROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^ENTRYPOINT \["\/usr\/bin\/tini", "--"\]$/m);
  });

  it('holds no server of another publisher, no tests, and of the sandbox only the audit', () => {
    expect(text.replaceAll(/^#.*$/gm, '')).not.toMatch(/mongo(d|sh|db)|temporal-server|sandbox|test/i);
    const allowed = readProjectFile('.dockerignore').split('\n').filter((line) => line.startsWith('!'));
    expect(readProjectFile('.dockerignore').split('\n')[0]).toBe('*');
    expect(allowed.filter((line) => /sandbox|test|env|node_modules/.test(line))).toEqual(['!sandbox/audit']);
  });

  it('gets every folder that the build compiles', () => {
    const build = parse(readProjectFile('tsconfig.build.json')) as { include: string[] };
    const folders = build.include.map((pattern) => pattern.replace(/\/\*.*$/, ''));
    const allowed = readProjectFile('.dockerignore').split('\n');
    expect(folders.filter((folder) => !allowed.includes(`!${folder}`))).toEqual([]);
  });
});
