/** The boundaries between packages and folders as lint rules. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const SERVICES = /^(servicesManager|commandsManager|extensionManager|[a-z]\w*Service)$/;

/**
 * A visitor that calls `check(node, source)` for each import, re-export, `import()`, `import('...')` type
 * and `require`.
 */
function eachImport(check) {
  const visit = (node, source) => {
    if (typeof source === 'string') {
      check(node, source);
    }
  };
  return {
    ImportDeclaration: node => visit(node, node.source.value),
    ExportNamedDeclaration: node => visit(node, node.source?.value),
    ExportAllDeclaration: node => visit(node, node.source.value),
    ImportExpression: node => visit(node, node.source.value),
    TSImportType: node => visit(node, node.source?.value ?? node.argument?.literal?.value),
    CallExpression: node => node.callee.name === 'require' && visit(node, node.arguments[0]?.value),
  };
}

const targetOf = (context, source) => path.resolve(path.dirname(context.filename), source);
const isWithin = (file, folder) => file === folder || file.startsWith(folder + path.sep);

/**
 * Imports of a file in `folder` lead to files in that folder, in one of `folders`, or to one of `packages`.
 */
const importsStayWithin = {
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: {
          folder: { type: 'string' },
          folders: { type: 'array', items: { type: 'string' } },
          packages: { type: 'array', items: { type: 'string' } },
        },
        required: ['folder'],
      },
    ],
    messages: { leaves: '{{folder}} imports {{allowed}}, but this imports "{{source}}".' },
  },
  create(context) {
    const { folder, folders = [], packages = [] } = context.options[0];
    const homes = [folder, ...folders].map(home => path.resolve(context.cwd, home));
    const allowed = ['only itself', ...folders, ...packages].join(', ');
    return eachImport((node, source) => {
      const fits = source.startsWith('.')
        ? homes.some(home => isWithin(targetOf(context, source), home))
        : packages.some(name => source === name || source.startsWith(`${name}/`));
      if (!fits) {
        context.report({ node, messageId: 'leaves', data: { folder, allowed, source } });
      }
    });
  },
};

/** The workspace packages: folder, and what `exports` lets others import, as whole specifiers. */
function workspacesOf(root) {
  const read = folder => JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  return read('.').workspaces.map(folder => {
    const { name, exports = {} } = read(folder);
    return {
      name,
      folder: path.join(root, folder),
      entries: Object.keys(exports).map(key => path.posix.join(name, key)),
    };
  });
}

const FOR_TESTS = /\.test\.tsx?$|[\\/]testing[\\/]|^tests[\\/]/;

/** Another package is reached by what its `exports` lists, and an entry `testing` by tests alone. */
const packagesByTheirEntries = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      path: '"{{source}}" leads into another package by its path; import one of its entries.',
      entry: '"{{source}}" is no entry of its package. Entries: {{entries}}.',
      testing: '"{{source}}" is for tests.',
    },
  },
  create(context) {
    const packages = workspacesOf(context.cwd);
    const packageOf = file => packages.find(({ folder }) => isWithin(file, folder));
    const isTest = FOR_TESTS.test(path.relative(context.cwd, context.filename));
    return eachImport((node, source) => {
      if (source.startsWith('.')) {
        const target = targetOf(context, source);
        if (packageOf(target) !== packageOf(context.filename)) {
          context.report({ node, messageId: 'path', data: { source } });
        } else if (!isTest && target.split(path.sep).includes('testing')) {
          context.report({ node, messageId: 'testing', data: { source } });
        }
        return;
      }
      const owner = packages.find(({ name }) => source === name || source.startsWith(`${name}/`));
      if (owner && !owner.entries.includes(source)) {
        const entries = owner.entries.join(', ') || 'none';
        context.report({ node, messageId: 'entry', data: { source, entries } });
      } else if (owner && !isTest && source.endsWith('/testing')) {
        context.report({ node, messageId: 'testing', data: { source } });
      }
    });
  },
};

/**
 * Reaching for an OHIF manager or service by name: `servicesManager.services`, `toolbarService.register`, ...
 */
const noHostServices = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { service: 'Only ohif/ calls OHIF services; "{{name}}" belongs behind a command.' },
  },
  create(context) {
    return {
      MemberExpression(node) {
        if (node.object.type === 'Identifier' && SERVICES.test(node.object.name)) {
          context.report({ node, messageId: 'service', data: { name: node.object.name } });
        }
      },
    };
  },
};

export default {
  rules: {
    'imports-stay-within': importsStayWithin,
    'packages-by-their-entries': packagesByTheirEntries,
    'no-host-services': noHostServices,
  },
};
