"""An admission plugin of the user's own runs in both modes, sees the whole object, reads others, and is given what
a server and a cluster have."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import Aggregated, etcd_flags, etcd_of
from apiclient import Resource
from projects import Project
from servers import Standalone, short_folder

PLUGIN = """\
package admission

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/informers"

	nginx "example.com/edge/internal/apis/nginx"
	"example.com/edge/internal/listers"
)

type OnlyOne struct {
	*admission.Handler
	all     *listers.Listers
	authz   authorizer.Authorizer
	cluster informers.SharedInformerFactory
}

func NewOnlyOne(all *listers.Listers) admission.Interface {
	return &OnlyOne{Handler: admission.NewHandler(admission.Create), all: all}
}

func (p *OnlyOne) SetAuthorizer(authz authorizer.Authorizer) { p.authz = authz }

func (p *OnlyOne) SetExternalKubeInformerFactory(cluster informers.SharedInformerFactory) { p.cluster = cluster }

func (p *OnlyOne) ValidateInitialization() error {
	if p.authz == nil {
		return errors.New("no authorizer")
	}
	return nil
}

func (p *OnlyOne) Admit(_ context.Context, a admission.Attributes, _ admission.ObjectInterfaces) error {
	if in, ok := a.GetObject().(*nginx.Upstream); ok {
		in.Labels = map[string]string{"clustered": fmt.Sprint(p.cluster != nil)}
	}
	return nil
}

func (p *OnlyOne) Validate(ctx context.Context, a admission.Attributes, _ admission.ObjectInterfaces) error {
	in, ok := a.GetObject().(*nginx.Upstream)
	if !ok || a.GetSubresource() != "" {
		return nil
	}
	others, err := p.all.NginxUpstream.List(ctx, in.Namespace, labels.Everything())
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return admission.NewForbidden(a, fmt.Errorf("%s is there already", others[0].Name))
	}
	return nil
}
"""


@pytest.fixture(scope="module")
def binary() -> Iterator[Path]:
    folder = short_folder()
    project = Project("nginx", folder)
    spec = project.root / "apigen.yaml"
    spec.write_text(spec.read_text() + "admission: [OnlyOne, Quiet]\n")
    changed = project.generate()
    assert {"internal/admission/onlyone.go", "internal/admission/quiet.go"} < set(changed)
    (project.root / "internal/admission/onlyone.go").write_text(PLUGIN)
    assert project.generate() == []
    yield project.build()
    shutil.rmtree(folder)


def holds(upstreams: Resource, *, clustered: str) -> None:
    made = upstreams.create("first", {})
    assert made["metadata"]["labels"] == {"clustered": clustered}
    answer = upstreams.post(upstreams.object("second", {}))
    answer.refused(403, "forbidden: first is there already")
    upstreams.patch("first", {"spec": {"timeoutSeconds": 3}}).ok()
    upstreams.delete("first").ok()


def test_standalone(binary: Path, folder: Path) -> None:
    server = Standalone(binary, folder / "server")
    holds(server.resource("Upstream", "v1", "default"), clustered="false")
    holds(server.resource("Upstream", "v1alpha1", "default"), clustered="false")
    server.stop()


def test_aggregated(binary: Path, nginx: Standalone, folder: Path) -> None:
    server = Aggregated(binary, folder, *etcd_flags(etcd_of(nginx), folder.name))
    holds(
        Resource(server.admin, "nginx.example.com", "v1", "upstreams", "Upstream", "default"),
        clustered="true",
    )
    server.stop()
