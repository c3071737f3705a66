#!/usr/bin/env bash
# The Dockerfile's steps in a folder, where there is no Docker engine: what the image would hold, made and
# tried. `tools/image_steps.sh FOLDER`
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
image=$(mkdir -p "$1" && cd "$1" && pwd)
python=${PYTHON:-python3}

echo "stage model: prepare, with torch"
$python -m venv "$image/prepare"
"$image/prepare/bin/python" "$root/tools/torch_cpu.py"
"$image/prepare/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
  -r "$root/requirements/prepare.txt"
(cd "$root" && PYTHONPATH=. "$image/prepare/bin/python" tools/prepare_model.py "$image/models")

echo "stage serve: without torch"
$python -m venv "$image/venv"
"$image/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
  -r "$root/requirements/serve.txt"
mkdir -p "$image/kb-code"
cp -R "$root/kb" "$root/index" "$root/service" "$image/kb-code/"
site=$("$image/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
echo "$image/kb-code" > "$site/kb.pth"
printf '#!%s\nfrom service.cli import main\nmain()\n' "$image/venv/bin/python" > "$image/venv/bin/kb"
chmod 755 "$image/venv/bin/kb"
rm -rf "$image/prepare"
if "$image/venv/bin/python" -c 'import torch' 2>/dev/null; then
  echo "torch is in the serving stage" >&2
  exit 1
fi

echo "trying it"
export KB_MODELS="$image/models" KB_HOME="$image/home"
cd "$image"
"$image/venv/bin/kb" init "$image/home"
printf '# Opening hours\n\nWe are open from nine to five, Monday to Friday.\n' > "$image/hours.md"
"$image/venv/bin/kb" ingest --home "$image/home" "$image/hours.md"
"$image/venv/bin/kb" search --home "$image/home" "when are you open"
echo "the image's steps work in $image"
