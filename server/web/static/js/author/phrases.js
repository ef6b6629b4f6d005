/** What CodeMirror itself says, by its own English: in its search, and to a screen reader. */

import { _ } from "../words.js";

export const PHRASES = {
  Find: _("Find"),
  Replace: _("Replace with"),
  next: _("next"),
  previous: _("previous"),
  all: _("mark all"),
  "match case": _("match case"),
  regexp: _("as a pattern"),
  "by word": _("whole words"),
  replace: _("replace"),
  "replace all": _("replace all"),
  close: _("close"),
  "Go to line": _("Go to line"),
  go: _("go there"),
  "current match": _("current match"),
  "on line": _("on line"),
  "replaced match on line $": _("replaced on line $"),
  "replaced $ matches": _("replacements: $"),
  Diagnostics: _("Remarks"),
  "No diagnostics": _("Nothing to remark."),
  "Control character": _("Control character"),
  "Selection deleted": _("Selection deleted"),
};
