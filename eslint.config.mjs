// What `make check` asks of the JavaScript in browser/assets. The scripts are plain ones, not modules:
// each is a function of what they share, window.FrameAtlas or window.FrameSite.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*.min.js", "browser/assets/leaflet/**"] },
  {
    ...js.configs.recommended,
    files: ["browser/assets/**/*.js"],
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "script",
      globals: { ...globals.browser, L: "readonly" },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      "array-callback-return": "error",
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-unused-expressions": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": "error",
      strict: ["error", "function"],
      // Names and texts of a stranger's files go into the page as text, never as HTML (docs/security.md).
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Use textContent, or FA.h." },
        { property: "outerHTML", message: "Use textContent, or FA.h." },
        { property: "insertAdjacentHTML", message: "Use append, or FA.h." },
        { object: "document", property: "write", message: "Use FA.h." },
      ],
    },
  },
  {
    // Joined to one module for a notebook (browser/notebook/map_widget.py): they name what they share.
    files: ["browser/notebook/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: globals.browser },
    rules: { ...js.configs.recommended.rules, eqeqeq: "error", "no-console": "error", "prefer-const": "error" },
  },
  {
    files: ["browser/notebook/map-widget.js"],
    languageOptions: { sourceType: "module" },
  },
  {
    files: ["*.mjs"],
    languageOptions: { sourceType: "module" },
  },
];
