#!/bin/sh
# Sees to a Chromium for the tests of the web page. Where there is none and none can be installed,
# it says so and succeeds: those tests are then skipped, and pytest names them.
set -u
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        echo "Browser for the tests: $(command -v "$name")"
        exit 0
    fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Browser for the tests: installing Debian's chromium"
    if { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        install chromium; } >/dev/null 2>&1 </dev/null; then
        exit 0
    fi
    echo "Browser for the tests: apt-get could not install chromium, so they will be skipped."
    exit 0
fi
echo "Browser for the tests: none is installed and this user cannot install one, so they will be skipped."
