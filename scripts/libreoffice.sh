#!/usr/bin/env bash
# Fills a questionnaire in with awkward answers, opens its results in LibreOffice and sees that each is in its column:
# scripts/libreoffice.sh BINARY. It needs soffice (apt-get install libreoffice-calc-nogui), curl and python3. Not part of `make test`,
# since LibreOffice is larger than everything else that the tests need.
set -euo pipefail

dogear=$(realpath "$1")
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; wait "$server" || true; fi; rm -rf "$folder"' EXIT
cd "$folder"

cat > awkward.yaml <<'YAML'
questionnaire: awkward
title: Awkward answers
pages:
  - title: Words
    questions:
      - {id: quotes, type: essay, text: Quotes?}
      - {id: lines, type: essay, text: Lines?}
      - {id: formula, type: text, text: Formula?}
      - {id: emoji, type: text, text: Emoji?}
      - {id: bar, type: text, text: Bar?}
      - {id: digits, type: text, text: Digits?}
      - {id: rank, type: ordering, text: Rank?, items: ["one|two", three, "a, b; c"]}
      - {id: last, type: text, text: Last?}
YAML
"$dogear" migrate run --database sqlite:results.sqlite > /dev/null
"$dogear" questionnaire import awkward.yaml --database sqlite:results.sqlite
"$dogear" serve --port 0 --database sqlite:results.sqlite > said &
server=$!
for _ in $(seq 100); do grep -q 'listens on' said && break; sleep 0.1; done
origin=$(sed -n 's/^Dogear listens on //p' said)

python3 - "$origin" <<'PYTHON'
import json, sys, urllib.request

def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(sys.argv[1] + path, data, {'Content-Type': 'application/json'})
    return json.load(urllib.request.urlopen(request))

session = call('/api/v2/session/start', {'questionnaire': 'awkward'})['session_id']
page = call(f'/api/v2/modules?session_id={session}')[0]['id']
questions = call(f'/api/v2/questions?session_id={session}&page_id={page}')['questions']
words = {
    'quotes': 'She said "no", and "no" again', 'lines': 'one\n\ntwo; three,\nfour', 'formula': '=HYPERLINK("http://x")',
    'emoji': '🐦\u200d⬛ ünïcode ﷽', 'bar': 'a|b', 'digits': '00123', 'last': 'the end',
}
for question in questions:
    name = question['text'].split('?')[0].lower()
    answer = {'type': 'ordering', 'ordered_items': ['a, b; c', 'one|two', 'three']} if name == 'rank' else \
        {'type': 'essay', 'text': words[name]} if name in ('quotes', 'lines') else {'type': 'text', 'text': words[name]}
    call('/api/v2/answers/submit', {'session_id': session, 'question_id': question['id'], 'answer': answer})
PYTHON

"$dogear" questionnaire results awkward --database sqlite:results.sqlite > results.csv
# 44,34,76: commas, quotes, UTF-8. Then each column as text: a spreadsheet would otherwise make 123 of 00123.
columns=$(python3 -c "print('/'.join(f'{n}/2' for n in range(1, 41)))")
soffice --headless -env:UserInstallation="file://$folder/profile" --infilter="CSV:44,34,76,1,$columns" --convert-to xlsx results.csv > /dev/null
mkdir back
soffice --headless -env:UserInstallation="file://$folder/profile" --convert-to csv:"Text - txt - csv (StarCalc)":44,34,76 --outdir back results.xlsx > /dev/null

python3 - <<'PYTHON'
import csv, sys

def rows(path):
    return list(csv.reader(open(path, encoding='utf-8-sig', newline='')))

ours, theirs = rows('results.csv'), rows('back/results.csv')
assert len(ours) == 2, ours
wrong = [(name, a, b) for name, a, b in zip(ours[0], ours[1], theirs[1]) if a.replace('\r\n', '\n') != b]
if ours[0] != theirs[0] or wrong:
    sys.exit(f'Not every answer is in its column: {wrong}')
print(f'{len(ours[0])} columns, each with its answer.')
PYTHON
