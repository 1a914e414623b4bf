"""Code of the user runs where the spec asks for it, sees typed objects, and can read every kind of the server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project
from servers import Standalone

from apigen.problems import SpecError

VALIDATE = """\
	if in.Spec.Role != "control" {
		return nil
	}
	if _, err := all.FleetProfile.Get(ctx, "", "control"); err != nil {
		return field.ErrorList{field.Forbidden(field.NewPath("spec", "role"), "no profile for it: "+err.Error())}
	}
	machines, err := all.FleetMachine.List(ctx, in.Namespace, labels.Everything())
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	for _, other := range machines {
		if other.Name != in.Name && other.Spec.Role == "control" {
			return field.ErrorList{field.Duplicate(field.NewPath("spec", "role"), in.Spec.Role)}
		}
	}
	return nil
"""
MAIN = """\
	os.Exit(server.Main(server.Extensions{PostStartHooks: map[string]server.PostStartHook{
		"first-profile": func(hook genericapiserver.PostStartHookContext, all *listers.Listers) error {
			client, err := dynamic.NewForConfig(hook.LoopbackClientConfig)
			if err != nil {
				return err
			}
			profile := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "fleet.example.com/v1", "kind": "Profile", "metadata": map[string]any{"name": "first"},
			}}
			_, err = client.Resource(profiles).Create(hook, profile, metav1.CreateOptions{})
			return err
		},
	}}))
"""


MAIN_IMPORTS = """\
\t"os"

\tmetav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
\t"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
\t"k8s.io/apimachinery/pkg/runtime/schema"
\tgenericapiserver "k8s.io/apiserver/pkg/server"
\t"k8s.io/client-go/dynamic"
"""
PROFILES = """\
var profiles = schema.GroupVersionResource{Group: "fleet.example.com", Version: "v1", Resource: "profiles"}

func main"""
PREPARE = """\
hub.Machine) {
\tin.Spec.Tags = map[string]string{"prepared": "yes"}
"""
DEFAULT = """\
fleetv1.Machine) {
\tif in.Spec.Location == nil {
\t\tin.Spec.Location = &fleetv1.MachineSpecLocation{Rack: new("none")}
\t}
"""
WARNINGS = """\
\treturn []string{"machines are heavy"}
"""


def with_code(folder: Path) -> Project:
    """A project in whose scaffolds a user has written code."""
    project = Project("fleet", folder)
    machine, main, util = (
        "internal/registry/fleet/machine",
        "cmd/fleet/main.go",
        '\t"k8s.io/apimachinery/pkg/util',
    )
    project.replace(f"{machine}/validate.go", "\treturn nil\n", VALIDATE)
    project.replace(f"{machine}/validate.go", util, f'\t"k8s.io/apimachinery/pkg/labels"\n{util}')
    project.replace(f"{machine}/warnings.go", "\treturn nil\n", WARNINGS)
    project.replace(f"{machine}/prepare.go", "hub.Machine) {\n", PREPARE)
    project.replace("internal/apis/fleet/v1/machine_defaults.go", "fleetv1.Machine) {\n", DEFAULT)
    project.replace(main, "\tos.Exit(server.Main(server.Extensions{}))\n", MAIN)
    project.replace(main, '\t"os"\n', MAIN_IMPORTS)
    project.replace(main, 'internal/server"\n', 'internal/server"\n\t"example.com/fleet/internal/listers"\n')
    project.replace(main, "func main", PROFILES)
    return project


def test_hooks(folder: Path, start: Callable[..., Standalone], namespace: str) -> None:
    project = with_code(folder)
    assert project.generate() == []  # what is the user's is left alone
    server = start(project.build())
    machines, profiles = server.resource("Machine", "v1", namespace), server.resource("Profile", "v1")
    assert profiles.get("first")["metadata"]["name"] == "first"

    answer = machines.post(machines.object("worker", {"role": "worker"}))
    made = answer.ok()
    assert made["spec"]["tags"] == {"prepared": "yes"}
    assert made["spec"]["location"] == {"rack": "none"}
    assert any("machines are heavy" in w for w in answer.warnings)

    control = machines.object("control", {"role": "control"})
    machines.post(control).refused(422, "no profile for it", "spec.role")
    profiles.create("control")
    machines.post(control).ok()
    machines.post(machines.object("second", {"role": "control"})).refused(422, "Duplicate value")


def test_a_new_resource_changes_no_scaffold(folder: Path, start: Callable[..., Standalone]) -> None:
    project = with_code(folder)
    (project.root / "resources" / "ticket.yaml").write_text(
        "apigen: 1\ngroup: desk.example.com\nkind: Ticket\nversions:\n"
        "  - name: v1\n    storage: true\n    fields: {spec: {fields: {title: string}}}\n"
    )
    scaffolds = {
        p: p.read_text() for p in project.root.rglob("*.go") if "is yours" in p.read_text().split("\n", 1)[0]
    }
    assert len(scaffolds) > 4
    changed = project.generate()
    assert "api/desk/v1/types.go" in changed
    assert {p: p.read_text() for p in scaffolds} == scaffolds
    server = start(project.build())
    assert "tickets" in server.kubectl()("api-resources", "--api-group", "desk.example.com")


def test_a_hook_that_was_deleted_is_asked_for(folder: Path) -> None:
    project = Project("fleet", folder)
    hook = "internal/registry/fleet/machine/validate.go"
    (project.root / hook).unlink()
    with pytest.raises(SpecError) as caught:
        project.generate()
    assert [p.position.file for p in caught.value.problems] == [hook]
    assert not (project.root / hook).exists()
