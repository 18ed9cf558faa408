/** The house's walls between folders as lint rules. */
import path from 'node:path';

const SERVICES = /^(servicesManager|commandsManager|extensionManager|[a-z]\w*Service)$/;

/** Imports of a file in `folder` must lead to files in that folder: no package, no other folder. */
const importsStayWithin = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { folder: { type: 'string' } }, required: ['folder'] }],
    messages: { leaves: '{{folder}} imports nothing outside itself, but this imports "{{source}}".' },
  },
  create(context) {
    const { folder } = context.options[0];
    const home = path.resolve(context.cwd, folder) + path.sep;

    function check(node, source) {
      if (typeof source !== 'string') {
        return;
      }
      const target = path.resolve(path.dirname(context.filename), source);
      if (!source.startsWith('.') || !target.startsWith(home)) {
        context.report({ node, messageId: 'leaves', data: { folder, source } });
      }
    }
    return {
      ImportDeclaration: node => check(node, node.source.value),
      ExportNamedDeclaration: node => node.source && check(node, node.source.value),
      ExportAllDeclaration: node => check(node, node.source.value),
      ImportExpression: node => check(node, node.source.value),
      TSImportType: node => check(node, node.source?.value ?? node.argument?.literal?.value),
      CallExpression: node => node.callee.name === 'require' && check(node, node.arguments[0]?.value),
    };
  },
};

/** Reaching for an OHIF manager or service by name: `servicesManager.services`, `toolbarService.register`, ... */
const noHostServices = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { service: 'Only viewer/ calls OHIF services; "{{name}}" belongs behind a command.' },
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

export default { rules: { 'imports-stay-within': importsStayWithin, 'no-host-services': noHostServices } };
