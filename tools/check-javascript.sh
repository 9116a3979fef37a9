#!/bin/sh
# Lints and type-checks the JavaScript of the web page: eslint and tsc, in node_modules, as
# package-lock.json says. Where there is no Node it says so and succeeds; NODE=required lets it fail.
set -eu
cd "${0%/*}/.."

without() {
    echo "JavaScript was not checked: $1" >&2
    [ "${NODE:-}" != required ]
    exit
}

command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
    without "Node.js 20.19 or newer, with npm, is not on this computer (https://nodejs.org)."
node -e 'const [a, b] = process.versions.node.split(".").map(Number);
         process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    without "expected Node.js 20.19 or newer, received $(node --version)."
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --silent </dev/null || without "npm ci could not fetch its packages."
    touch node_modules/.package-lock.json
fi
npm run --silent lint
npm run --silent types
echo "JavaScript: eslint and tsc found nothing."
