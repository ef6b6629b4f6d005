"""Every mistake that a script can hold: its place, its words, and what it offers instead."""

import pytest

# fmt: off
# ruff: noqa: E501 -- a table is read line by line

BODIES = [
    ('', ["13:1: Nothing is spoken in this script. Expected a heading such as '# Arriving', then its text."]),
    ('<!-- only a note -->\n', ["13:1: Nothing is spoken in this script. Expected a heading such as '# Arriving', then its text."]),
    ('# Arriving\n\n[bell]\n', ["13:1: Nothing is spoken in this script. Expected a heading such as '# Arriving', then its text."]),
    ('Hello there you.\n\n# A\n\nBe here now.\n', ["13:1: This stands before the first stage. Expected a heading such as '# Arriving', then its text."]),
    ('# A\n\n# B\n\nBe here now.\n', ["13:1: The stage 'A' is empty."]),
    ('# A\n\nBe here now.\n\n#  a\n\nBe here now.\n', ["17:1: There is already a stage named 'a', on line 13. Expected a name of its own for each stage."]),
    ('#\n\nBe here now.\n', ["13:1: This stage has no name. Expected '# Arriving'."]),
    ('# A\n\n## B\n\nBe here now.\n', ["15:1: This kind of heading is not part of the language. Expected '# ' and the name of a stage."]),
    ('A\n===\n\nBe here now.\n', ["13:1: This kind of heading is not part of the language. Expected '# ' and the name of a stage.", "13:1: This stands before the first stage. Expected a heading such as '# Arriving', then its text."]),
    ('# A [3s]\n\nBe here now.\n', ['13:5: The name of a stage is plain text. Expected no cues and words in it.']),
    ('# ' + 'a' * 2001 + '\n\nBe here now.\n', ['13:3: The name of a stage is longer than 200 characters.']),
    ('# A\n\n- one\n- two\n', ['15:1: A list cannot be spoken. Expected sentences, in a paragraph.']),
    ('# A\n\n1. one\n', ['15:1: A list cannot be spoken. Expected sentences, in a paragraph.']),
    ('# A\n\nBe here now.\n\n- Go on -> A\n- Stay -> end\n', ["17:12: 'A' does not come later, so this could go on for ever. Expected ':::until met, at most 6' around what is to come again."]),
    ('# A\n\n> Be here now.\n', ["15:1: A quotation cannot be marked. Expected the words alone, without '>'."]),
    ('# A\n\n|a|b|\n|-|-|\n|c|d|\n', ['15:1: A table cannot be spoken. Expected sentences, in a paragraph.']),
    ('# A\n\n```\ncode\n```\n', ['15:1: Code cannot be spoken. Expected sentences, in a paragraph.']),
    ('# A\n\n<div>\n', ["15:1: HTML cannot be spoken. Expected plain text, or a comment '<!-- … -->'."]),
    ('# A\n\n***\n', ['15:1: A line across is not part of the language. Expected a heading to begin a new stage.']),
    ('# A\n\n    Be here now.\n', ['15:5: Text that is indented by four blanks is code in Markdown. Expected the line without blanks before it.']),
    ('# A\n\n' + 'word ' * 401, ['15:1: This paragraph is longer than 2,000 characters. Expected an empty line where a new one may begin.']),
    ('# &nbsp;\n\nBe here now.\n', ['13:3: The name of a stage is empty. Expected a few words.']),
    ('# A\n\n&nbsp;\n', ['15:1: There is nothing to hear in this. Expected a sentence.']),
    ('# A\n\n:::when ' + 'minutes>=2 ' * 200 + '\nBe here now.\n:::\n', ['15:1: This line is longer than 2,000 characters. Expected a shorter one.']),
    ('# A\n\n- -> next\n- b -> end\n', ['15:3: An answer is empty. Expected a few words.']),
    ('# A\n\n- &nbsp; -> next\n- b -> end\n', ['15:3: An answer is empty. Expected a few words.']),
    ('# A\n\n- a' + ' ' * 2000 + ' -> next\n- b -> end\n', ["15:1: This line of the answers leads nowhere. Expected '- Not yet -> next', all on one line."]),
    ('# A\n\nBe here now.\n-> end\n', ["15:1: An arrow '->' stands in a paragraph of its own. Expected empty lines around it."]),
    ('# A\n\n' + ':::repeat 2\n' * 52 + '[bel]\n', ['20:1: Containers lie within each other at most 5 deep.']),
    ('# A\n\nSee `this` now.\n', ["15:5: Code cannot be spoken. Expected words without '`'."]),
    ('# A\n\nSee [this](http://x.y) now.\n', ['15:5: A link cannot be spoken. Expected its words alone.']),
    ('# A\n\nSee ![this](x.png) now.\n', ['15:5: A picture cannot be spoken. Expected words.']),
    ('# A\n\nSee <b>this</b> now.\n', ["15:5: HTML cannot be spoken. Expected plain text, or a comment '<!-- … -->'.", "15:12: HTML cannot be spoken. Expected plain text, or a comment '<!-- … -->'."]),
    ('# A\n\nBe here <!-- note\n', ["15:9: This comment is not closed. Expected '-->'."]),
    ('# A\n\nBe *here* now.\nAnd then [bel] again.\n', ["16:10: There is no cue named 'bel'. Expected [3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]. Did you mean 'bell'?"]),
    ('# A\n\n[Bell]\n', ["15:1: There is no cue named 'Bell'. Expected [3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]. Did you mean 'bell'?"]),
    ('# A\n\n[]\n', ['15:1: This cue is empty. Expected [3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill].']),
    ('# A\n\n[include settle]\n', ["15:1: There is no passage named 'settle'. Expected the name of a file in the folder 'passages'."]),
    ('# A\n\nBe here now [3s\nand here.\n', ["15:13: This '[' is not closed on its line. Expected ']', or '\\[' for the character itself."]),
    ('# A\n\n[3]\n', ["15:2: '3' is not a length. Expected a length such as 3s, 1.5s, 1m or 1m30s."]),
    ('# A\n\n[3sec]\n', ["15:2: '3sec' is not a length. Expected a length such as 3s, 1.5s, 1m or 1m30s."]),
    ('# A\n\n[1.25s]\n', ["15:2: '1.25s' is not a length. Expected a length such as 3s, 1.5s, 1m or 1m30s."]),
    ('# A\n\n[0s]\n', ["15:2: '0s' is too short here. Expected 1s to 10m."]),
    ('# A\n\n[10m1s]\n', ["15:2: '10m1s' is too long here. Expected 1s to 10m."]),
    ('# A\n\n[3s more]\n', ["15:5: 'more' cannot be read here. Expected the end of the cue."]),
    ('# A\n\n[bell smal]\n', ["15:7: There is no bell named 'smal'. Expected small, large or singing. Did you mean 'small'?"]),
    ('# A\n\n[bell Small]\n', ["15:7: There is no bell named 'Small'. Expected small, large or singing. Did you mean 'small'?"]),
    ('# A\n\n[bell temple]\n', ["15:7: There is no bell named 'temple'. Expected small, large or singing."]),
    ('# A\n\n[bell small large]\n', ["15:13: 'large' cannot be read here. Expected a count such as x4."]),
    ('# A\n\n[bell every=5s]\n', ["15:7: 'every=5s' cannot be read here. Expected the name of a bell or a count such as x4."]),
    ('# A\n\n[bell x1]\n', ["15:7: 'x1' is not a count of strokes. Expected x2 to x12."]),
    ('# A\n\n[bell large x13]\n', ["15:13: 'x13' is not a count of strokes. Expected x2 to x12."]),
    ('# A\n\n[bell x3 every=1.5s]\n', ["15:16: '1.5s' is too short here. Expected 2s to 30s."]),
    ('# A\n\n[bell x3 every=31s]\n', ["15:16: '31s' is too long here. Expected 2s to 30s."]),
    ('# A\n\n[bell x3 every=]\n', ["15:16: The cue '[bell x3 every=]' stops too early. Expected a length such as 3s, 1.5s, 1m or 1m30s."]),
    ('# A\n\n[bell x3 evry=5s]\n', ["15:10: 'evry=5s' cannot be read here. Expected 'every='. Did you mean 'every='?"]),
    ('# A\n\n[bell x3 level=low]\n', ["15:10: 'level=low' cannot be read here. Expected 'every='. Did you mean 'every='?"]),
    ('# A\n\n[bell x3 singing]\n', ["15:10: 'singing' cannot be read here. Expected 'every='."]),
    ('# A\n\n[bell x3s]\n', ["15:7: There is no bell named 'x3s'. Expected small, large or singing."]),
    ('# A\n\n[bed]\n', ["15:5: The cue '[bed]' stops too early. Expected the name of a bed or 'off'."]),
    ('# A\n\n[bed rian]\n', ["15:6: There is no bed named 'rian'. Expected rain, stream, wind, drone, brown or off. Did you mean 'rain'?"]),
    ('# A\n\n[bed Off]\n', ["15:6: There is no bed named 'Off'. Expected rain, stream, wind, drone, brown or off. Did you mean 'off'?"]),
    ('# A\n\n[bed off level=low]\n', ["15:10: 'level=low' cannot be read here. Expected the end of the cue."]),
    ('# A\n\n[bed rain off]\n', ["15:11: 'off' cannot be read here. Expected 'level='."]),
    ('# A\n\n[bed level=low]\n', ["15:6: 'level=low' cannot be read here. Expected the name of a bed or 'off'."]),
    ('# A\n\n[bed rain level=lo]\n', ["15:17: There is no level named 'lo'. Expected low, medium or high. Did you mean 'low'?"]),
    ('# A\n\n[bed rain level=]\n', ["15:17: The cue '[bed rain level=]' stops too early. Expected low, medium or high."]),
    ('# A\n\n[bed rain levl=low]\n', ["15:11: 'levl=low' cannot be read here. Expected 'level='. Did you mean 'level='?"]),
    ('# A\n\n[bed rain level=low x2]\n', ["15:21: 'x2' cannot be read here. Expected the end of the cue."]),
    ('# A\n\n[silence]\n', ["15:9: The cue '[silence]' stops too early. Expected a length such as 3s, 1.5s, 1m or 1m30s or 'fill'."]),
    ('# A\n\n[silence fil]\n', ["15:10: 'fil' cannot be read here. Expected a length such as 3s, 1.5s, 1m or 1m30s or 'fill'. Did you mean 'fill'?"]),
    ('# A\n\n[silence fill 3s]\n', ["15:15: '3s' cannot be read here. Expected 'weight='."]),
    ('# A\n\n[breath]\n', ["15:8: The cue '[breath]' stops too early. Expected a count such as x4."]),
    ('# A\n\n[breath in=4s out=6s]\n', ["15:9: 'in=4s' cannot be read here. Expected a count such as x4."]),
    ('# A\n\n[breath x4 in=]\n', ["15:15: The cue '[breath x4 in=]' stops too early. Expected a length such as 3s, 1.5s, 1m or 1m30s."]),
    ('# A\n\n[breath x4 in=4s hold=2s]\n', ["15:25: The cue '[breath x4 in=4s hold=2s]' stops too early. Expected 'out='."]),
    ('# A\n\n[breath x4 in=4s ouy=6s]\n', ["15:18: 'ouy=6s' cannot be read here. Expected 'hold=' or 'out='. Did you mean 'out='?"]),
    ('# A\n\n[breath x0 in=4s out=6s]\n', ["15:9: 'x0' is not a count of breaths. Expected x1 to x20."]),
    ('# A\n\n[breath x21 in=0.5s hold=21s out=1m]\n', ["15:9: 'x21' is not a count of breaths. Expected x1 to x20.", "15:16: '0.5s' is too short here. Expected 1s to 20s.", "15:26: '21s' is too long here. Expected 1s to 20s.", "15:34: '1m' is too long here. Expected 1s to 20s."]),
    ('# A\n\nIt is {obstacl} now.\n', ["15:7: There is no word named 'obstacl' in the front matter. Expected obstacle. Did you mean 'obstacle'?"]),
    ('# A\n\nIt is {My Word} now.\n', ["15:7: 'My Word' cannot be the name of a word. Expected a name such as {obstacle}."]),
    ('# A\n\nIt is {obstacle now.\n', ["15:7: This '{' is not closed on its line. Expected '}', or '\\{' for the character itself."]),
    ('# A\n\nIt is [[a]] now.\n', ["15:7: '[[' cannot be spoken; the voice would read raw sounds."]),
    ('# A\n\nIt is \\[\\[a now.\n', ["15:7: '[[' cannot be spoken; the voice would read raw sounds."]),
    ('# A\n\nIt is a]] now.\n', ["15:8: ']]' cannot be spoken; the voice would read raw sounds."]),
    ('# A\n\n… [3s] Be here now.\n', ["15:1: There is no word to speak in '…'."]),
    ('# A\n\n:::repeat 3\nBe here now.\n', ["15:1: This ':::repeat' is not closed in its stage. Expected ':::' on a line of its own."]),
    ('# A\n\n:::repeat 3\nBe here now.\n\n# B\n\nBe here now.\n:::\n', ["15:1: This ':::repeat' is not closed in its stage. Expected ':::' on a line of its own.", '21:1: There is no container to close here.']),
    ('# A\n\nBe here now.\n:::\n', ['16:1: There is no container to close here.']),
    ('# A\n\n:::repeat 3\n:::\n', ["15:1: This ':::repeat' is empty."]),
    ('# A\n\n:::repeat\nBe here now.\n:::\n', ["15:10: ':::repeat' needs a number of times. Expected 2 to 20."]),
    ('# A\n\n  :::repeat 21\nBe here now.\n:::\n', ["15:13: ':::repeat' needs a number of times. Expected 2 to 20."]),
    ('# A\n\n:::repeat x\nBe here now.\n:::\n', ["15:11: ':::repeat' needs a number of times. Expected 2 to 20."]),
    ('# A\n\n:::repaet 3\nBe here now.\n:::\n', ["15:1: There is no container named 'repaet'. Expected ':::repeat', ':::when', ':::one-of', ':::until' or ':::ask'. Did you mean 'repeat'?"]),
    ('# A\n\n:::one-of\nBe here now.\n:::\n', ["15:1: A ':::one-of' needs at least two alternatives. Expected an empty line between one and the next."]),
    ('# A\n\n:::until met\nBe here now.\n:::\n', ["15:10: ':::until' needs the word that leaves it, and how often it goes round at most. Expected ':::until met, at most 6, usually 2'."]),
    ('# A\n\n:::ask Can it?\n- Yes -> A\n:::\n', ["16:10: 'A' does not come later, so this could go on for ever. Expected ':::until met, at most 6' around what is to come again.", "15:1: This ':::ask' has no answers. Expected a list such as '- Not yet -> next'."][::-1]),
    ('# A\n\n' + ':::repeat 2\n' * 6 + 'Be here now.\n' + ':::\n' * 6, ['20:1: Containers lie within each other at most 5 deep.']),
    ('# A\n\n:::repeat 20\n:::repeat 20\n:::repeat 12\nBe here now. [3s]\n:::\n:::\n:::\n[bell]\n', ['18:14: With its repeats there are more than 5,000 cues from here on.']),
    ('# A\n\nBe here\x07 now.\r\nAnd\u2028then \ud800.\n', ['15:8: This character (U+0007) can be neither shown nor spoken.', '16:4: This character (U+2028) can be neither shown nor spoken.', '16:10: This character (U+D800) can be neither shown nor spoken.']),
]

FIELDS = [
    ('title: Stepping back\n', '', ["1:1: The front matter has no 'title'. Expected a line such as 'title: Stepping back'."]),
    ('title: Stepping back', 'titel: Stepping back', ["1:1: The front matter has no 'title'. Expected a line such as 'title: Stepping back'.", "2:1: The front matter has no field 'titel'. Expected title, slug, summary, intention, for-whom, not-when, track, minutes, language, voice, pace, curve, words, lexicon or credits. Did you mean 'title'?"]),
    ('title: Stepping back', 'title:', ["2:7: 'title' is empty. Expected text."]),
    ('title: Stepping back', 'title: 12', ["2:8: 'title' must be text. Expected text, if need be in quotes."]),
    ('title: Stepping back', 'title: [a]', ["2:8: 'title' must be text. Expected text, if need be in quotes."]),
    ('title: Stepping back', 'title: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', ["2:8: 'title' is longer than 100 characters."]),
    ('title: Stepping back', 'title: "a\\0b"', ["2:8: 'title' holds a character that can be neither shown nor spoken."]),
    ('title: Stepping back', 'title: a\ntitle: b', ["3:1: 'title' is given twice."]),
    ('title: Stepping back', 'title: &a b\nsummary: *a', ['3:10: References (*name) are not used; write the value out.']),
    ('title: Stepping back', 'title: a: b', ['2:9: The front matter is not valid YAML: mapping values are not allowed here.']),
    ('title: Stepping back', 'title: "\\UFFFFFFFF"', ['1:1: The front matter holds an escape or a number that is out of range.']),
    ('title: Stepping back', 'title: !!python/name:os.system x', ["2:8: 'title' must be text. Expected text, if need be in quotes."]),
    ('title: Stepping back', '? [a, b]\n: c\ntitle: d', ["2:3: The front matter has no field ''. Expected title, slug, summary, intention, for-whom, not-when, track, minutes, language, voice, pace, curve, words, lexicon or credits."]),
    ('slug: stepping-back', 'slug: Stepping Back', ["3:7: 'Stepping Back' cannot be a slug. Expected lower-case letters, digits and single hyphens, at most 60."]),
    ('slug: stepping-back', 'slug: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', ["3:7: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' cannot be a slug. Expected lower-case letters, digits and single hyphens, at most 60."]),
    ('track: obstacles', 'track: obstacle', ["6:8: There is no track named 'obstacle'. Expected kindness-outward, present-pain, past-pain, obstacles, for-the-helper or ground. Did you mean 'obstacles'?"]),
    ('track: obstacles', 'track: 3', ["6:8: 'track' must be text. Expected text, if need be in quotes."]),
    ('minutes: [5, 10]', 'minutes: []', ["7:10: 'minutes' is empty. Expected a list such as [5, 10, 20]."]),
    ('minutes: [5, 10]', 'minutes: [10, 5]', ["7:15: The lengths in 'minutes' must be ascending. Expected more than 10."]),
    ('minutes: [5, 10]', 'minutes: [5, 121]', ["7:14: 'minutes' must be a whole number. Expected 1 to 120."]),
    ('minutes: [5, 10]', 'minutes: ten', ["7:10: 'minutes' must be a whole number. Expected 1 to 120."]),
    ('minutes: [5, 10]', 'minutes: {a: 5}', ["7:10: 'minutes' must be a whole number. Expected 1 to 120."]),
    ('minutes: [5, 10]', "minutes: '5'", ["7:10: 'minutes' must be a whole number. Expected 1 to 120."]),
    ('voice: joe', 'voice: ../joe', ["8:8: '../joe' cannot be a voice. Expected the name of a voice, such as joe."]),
    ('voice: joe', 'voice: joe\npace: 2.1', ["9:7: 'pace' must be a number. Expected 0.8 to 2."]),
    ('voice: joe', 'voice: joe\npace: slow', ["9:7: 'pace' must be a number. Expected 0.8 to 2."]),
    ('voice: joe', 'voice: joe\nlanguage: English', ["9:11: 'English' cannot be a language. Expected a language tag such as en or en-GB."]),
    ('voice: joe', 'voice: joe\nnow: now', ["9:1: The front matter has no field 'now'. Expected title, slug, summary, intention, for-whom, not-when, track, minutes, language, voice, pace, curve, words, lexicon or credits."]),
    ('voice: joe', 'voice: joe\ncurve: slow', ["9:8: 'slow' cannot be a curve. Expected {slower: 0.08, softer: 1.5} or none."]),
    ('voice: joe', 'voice: joe\ncurve: [0.08]', ["9:8: The curve must be names with values. Expected 'name: value'."]),
    ('voice: joe', 'voice: joe\ncurve:', ["9:7: '' cannot be a curve. Expected {slower: 0.08, softer: 1.5} or none."]),
    ('voice: joe', 'voice: joe\ncurve: {slower: 0.31}', ["9:17: 'slower' must be a number. Expected 0 to 0.3."]),
    ('voice: joe', 'voice: joe\ncurve: {softer: 7, slower: -1}', ["9:17: 'softer' must be a number. Expected 0 to 6.", "9:28: 'slower' must be a number. Expected 0 to 0.3."]),
    ('voice: joe', "voice: joe\ncurve: {slower: x, softer: '1'}", ["9:17: 'slower' must be a number. Expected 0 to 0.3.", "9:28: 'softer' must be a number. Expected 0 to 6."]),
    ('voice: joe', 'voice: joe\ncurve: {softr: 1}', ["9:9: The curve has no field 'softr'. Expected slower or softer. Did you mean 'softer'?"]),
    ('voice: joe', 'voice: joe\nlexicon: Desmond', ["9:10: The lexicon must be names with values. Expected 'name: value'."]),
    ('voice: joe', 'voice: joe\nlexicon: {Desmond: [a]}', ["9:20: 'respelling' must be text. Expected text, if need be in quotes."]),
    ('voice: joe', 'voice: joe\nlexicon: {Desmond: }', ["9:19: 'respelling' is empty. Expected text."]),
    ('voice: joe', 'voice: joe\nlexicon: {"[[d]]": a, b: "]]"}', ["9:11: '[[' and ']]' cannot be spoken.", "9:26: '[[' and ']]' cannot be spoken."]),
    ('voice: joe', 'voice: joe\nlexicon: {"…": a, b: "!"}', ["9:11: There is no word to speak in '…'.", "9:22: There is no word to speak in '!'."]),
    ('voice: joe', 'voice: joe\nlexicon: {one two three four: a}', ["9:11: 'one two three four' is too long for the lexicon. Expected one to three words."]),
    ('voice: joe', 'voice: joe\nlexicon: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}', ["9:11: 'word' is longer than 60 characters.", "9:74: 'respelling' is longer than 60 characters."]),
    ('voice: joe', 'voice: joe\nlexicon: {a: b, a: c}', ["9:17: 'a' is given twice."]),
    ('voice: joe', 'voice: joe\nlexicon: {no: naw, 12: twelve}', ["9:11: 'word' must be text. Expected text, if need be in quotes.", "9:20: 'word' must be text. Expected text, if need be in quotes."]),
    ('words:\n', 'words: [a]\nwirds:\n', ["9:8: 'words' must be names with values. Expected 'name: value'.", "10:1: The front matter has no field 'wirds'. Expected title, slug, summary, intention, for-whom, not-when, track, minutes, language, voice, pace, curve, words, lexicon or credits. Did you mean 'words'?"]),
    ('obstacle: {ask: "What is here?", default: a thought}', 'Obstacle: {ask: a, default: b}', ["10:3: 'Obstacle' cannot be the name of a word. Expected lower-case letters, digits and hyphens.", "15:9: There is no word named 'obstacle' in the front matter. Expected Obstacle. Did you mean 'Obstacle'?"]),
    ('obstacle: {ask: "What is here?", default: a thought}', 'obstacle: a thought', ["10:13: The word 'obstacle' must be names with values. Expected 'name: value'."]),
    ('obstacle: {ask: "What is here?", default: a thought}', 'obstacle: {ask: a}', ["10:13: The word 'obstacle' has no 'default'. Expected 'default:'."]),
    ('obstacle: {ask: "What is here?", default: a thought}', 'obstacle: {defalt: a}', ["10:13: The word 'obstacle' has no 'ask'. Expected 'ask:'.", "10:13: The word 'obstacle' has no 'default'. Expected 'default:'.", "10:14: The word 'obstacle' has no field 'defalt'. Expected ask, default, longest, as or ready. Did you mean 'default'?"]),
    ('default: a thought', 'default: a thought, longest: 201', ["10:65: 'longest' must be a whole number. Expected 1 to 200."]),
    ('default: a thought', 'default: a thought, longest: 5', ["10:45: 'default' is longer than 5 characters."]),
    ('default: a thought', 'default: "[[a]]"', ["10:45: '[[' and ']]' cannot be spoken."]),
    ('default: a thought', 'default: {a: {b: {c: d}}}', ['10:49: This is nested too deeply.']),
    ('default: a thought', 'default: a, default: b', ["10:48: 'default' is given twice."]),
    ('default: a thought', 'default: a thought, ready: a', ["10:63: 'ready' is a list of texts to pick from. Expected 1 to 24 of them, such as [I hate this, I am too tired]."]),
    ('default: a thought', 'default: a thought, ready: []', ["10:63: 'ready' is a list of texts to pick from. Expected 1 to 24 of them, such as [I hate this, I am too tired]."]),
    ('default: a thought', 'default: a thought, ready: [a, b, A]', ["10:70: 'A' is in the list already."]),
    ('default: a thought', 'default: a thought, ready: [a, [b]]', ['10:67: This is nested too deeply.']),
    ('default: a thought', 'default: a thought, longest: 9, ready: ["[[a]]", it is too long]', ["10:76: '[[' and ']]' cannot be spoken.", "10:85: 'ready' is longer than 9 characters."]),
    ('default: a thought', 'default: a thought, ready: [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24]', ["10:63: 'ready' is a list of texts to pick from. Expected 1 to 24 of them, such as [I hate this, I am too tired]."]),
    ('  obstacle: {ask: "What is here?", default: a thought}', '  obstacle: {ask: a, default: b}\n  nothing: {ask: a, default: b}', ["11:3: 'nothing' already means something else after 'given='. Expected another name for the word."]),
    ('  obstacle: {ask: "What is here?", default: a thought}', '  w0: {ask: a, default: b}\n  w1: {ask: a, default: b}\n  w2: {ask: a, default: b}\n  w3: {ask: a, default: b}\n  w4: {ask: a, default: b}\n  w5: {ask: a, default: b}\n  w6: {ask: a, default: b}\n  w7: {ask: a, default: b}\n  w8: {ask: a, default: b}\n  w9: {ask: a, default: b}\n  w10: {ask: a, default: b}\n  w11: {ask: a, default: b}\n  w12: {ask: a, default: b}\n  w13: {ask: a, default: b}\n  w14: {ask: a, default: b}\n  w15: {ask: a, default: b}\n  w16: {ask: a, default: b}\n  w17: {ask: a, default: b}\n  w18: {ask: a, default: b}\n  w19: {ask: a, default: b}\n  w20: {ask: a, default: b}', ['10:3: There are more than 20 words.']),
]

WHOLE = [
    ('', ["1:1: The script does not begin with front matter. Expected '---' as the first line.", "1:1: Nothing is spoken in this script. Expected a heading such as '# Arriving', then its text."]),
    ('# A\n\nBe here now.\n', ["1:1: The script does not begin with front matter. Expected '---' as the first line."]),
    ('---\ntitle: x\n', ["1:1: The front matter does not end. Expected '---' on a line of its own after the last field."]),
    ('---\n---\n# A\n\nBe here now.\n', ["1:1: The front matter is empty. Expected 'title: Stepping back'."]),
    ('---\n- a\n---\n# A\n\nBe here now.\n', ["2:1: The front matter must be names with values. Expected 'name: value'."]),
    ('---\na: ' + 'b' * 20000 + '\n---\n# A\n\nBe here now.\n', ['1:1: The front matter is longer than 20,000 characters.']),
    ('a' * 1000001, ['1:1: The script is larger than 1 MB.']),
    ('\n' * 20000, ['1:1: The script has more than 20,000 lines.']),
    ('---\ntitle: [\n---\n# A\n\nBe here now.\n', ["3:1: The front matter is not valid YAML: expected the node content, but found '<stream end>'."]),
    ('---\n%YAML ' + '9' * 5001 + '\n---\nx\n', ['1:1: The front matter holds an escape or a number that is out of range.', "4:1: This stands before the first stage. Expected a heading such as '# Arriving', then its text."]),
]
# fmt: on


@pytest.mark.parametrize(("body", "expected"), BODIES, ids=range(len(BODIES)))
def test_each_mistake_in_a_body_is_named_at_its_place(body, expected, front, mistakes):
    """Line and column are those of the file, and the message says what would have been right."""
    assert expected
    assert mistakes(front + body) == expected


@pytest.mark.parametrize(("right", "wrong", "expected"), FIELDS, ids=range(len(FIELDS)))
def test_each_mistake_in_the_front_matter_is_named_at_its_place(
    right, wrong, expected, front, mistakes
):
    """A field with a mistake is named where its value, or else its name, stands."""
    assert expected
    assert right in front
    text = front.replace(right, wrong) + "# A\n\nThis is {obstacle}.\n"
    assert mistakes(text) == expected


@pytest.mark.parametrize(("text", "expected"), WHOLE, ids=range(len(WHOLE)))
def test_a_file_that_is_no_script_is_refused_in_one_piece(text, expected, mistakes):
    """What cannot be taken apart at all is said at the first place where it fails."""
    assert expected
    assert mistakes(text) == expected


def test_mistakes_come_in_the_order_of_the_file(front, mistakes):
    """All mistakes are listed at once, by line and column, front matter first."""
    text = front.replace("pace", "pase").replace("voice: joe", "voice: ''")
    found = mistakes(text + "# A\n\n[bel] then {x} there\n\n- one\n\n[3]\n")
    places = [tuple(map(int, line.split(":")[:2])) for line in found]
    assert places == [(8, 8), (15, 1), (15, 12), (17, 1), (19, 2)]


def test_a_file_full_of_mistakes_gives_the_first_thousand(front, mistakes):
    """Nobody reads more, and reading on would only take time."""
    assert len(mistakes(front + "# A\n\n" + "[bel]\n\n" * 3000)) == 1000
    assert len(mistakes(front + "# A\n\nHello \0 there\n" + "\0" * 3000)) == 1000


def test_every_message_can_be_printed(front, mistakes):
    """What an escape in the front matter makes never reaches a terminal or a log."""
    text = front.replace("obstacle:", '"a\\0\\uD800\\nb":').replace("title:", '"t\\uDFFF":')
    found = mistakes(text + "# A\n\nIt is {x} now.\n")
    assert len(found) == 4
    assert all(line.isprintable() for line in found)
