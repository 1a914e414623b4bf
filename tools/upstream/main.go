// Command upstream prints what apigen must know of the Go types of Kubernetes, as JSON.
//
// The schemas are those that upstream's own openapi-gen made; the Go facts come from the type checker. The
// output depends on the versions in go.mod alone, or in the file of a -modfile flag, the only argument.
// See scripts/upstream, which keeps it in the package.
package main

import (
	"encoding/json"
	"fmt"
	"go/types"
	"log"
	"os"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/validation/spec"
	kubernetes "k8s.io/kubernetes/pkg/generated/openapi"
)

// source is a package whose types a spec may name.
type source struct {
	name  string   // what a spec writes before the dot: core/v1
	alias string   // the import alias in generated code
	path  string   // the import path
	only  []string // the types to take; all if empty
}

// sources are all groups of k8s.io/api that are stable, and the parts of API machinery that their fields use.
func sources() []source {
	out := []source{
		{"meta/v1", "metav1", "k8s.io/apimachinery/pkg/apis/meta/v1", nil},
		{"intstr", "intstr", "k8s.io/apimachinery/pkg/util/intstr", []string{"IntOrString"}},
		{"resource", "resource", "k8s.io/apimachinery/pkg/api/resource", []string{"Quantity"}},
		{"runtime", "runtime", "k8s.io/apimachinery/pkg/runtime", []string{"RawExtension"}},
		{"types", "types", "k8s.io/apimachinery/pkg/types", []string{"UID", "NodeName"}},
		{"autoscaling/v2", "autoscalingv2", "k8s.io/api/autoscaling/v2", nil},
		{"scheduling/v1alpha3", "schedulingv1alpha3", "k8s.io/api/scheduling/v1alpha3", nil}, // for batch/v1
	}
	for _, group := range []string{
		"admissionregistration", "apps", "authentication", "authorization", "autoscaling", "batch", "certificates",
		"coordination", "core", "discovery", "events", "networking", "node", "policy", "rbac", "resource",
		"scheduling", "storage",
	} {
		out = append(out, source{group + "/v1", group + "v1", "k8s.io/api/" + group + "/v1", nil})
	}
	return out
}

type goName struct {
	Package string `json:"package"`
	Name    string `json:"name"`
}

type field struct {
	JSON   string `json:"json"` // empty for an inlined struct
	Go     string `json:"go"`
	Type   string `json:"type"`
	Inline bool   `json:"inline,omitempty"`
}

// typeFacts describes a type that has an OpenAPI definition, or a named list or map, which has none.
type typeFacts struct {
	Go     goName  `json:"go"`
	Model  string  `json:"model,omitempty"`
	Schema any     `json:"schema"`
	Fields []field `json:"fields,omitempty"`
	// Root says that the type is a kind, or another type that goes over the wire by itself.
	Root bool `json:"root,omitempty"`
	// Comparable says that the type holds no pointer, list, map or interface: = copies and == compares all of it.
	Comparable bool `json:"comparable,omitempty"`
}

// scalarFacts describes a named string, number or boolean. Such a type has no definition of its own.
type scalarFacts struct {
	Go     goName `json:"go"`
	Base   string `json:"base"`
	Schema any    `json:"schema"`
}

type document struct {
	Kubernetes    string                 `json:"kubernetes"`
	Imports       map[string]string      `json:"imports"` // of the aliases in the types of fields
	Apiextensions []string               `json:"apiextensions"`
	Types         map[string]typeFacts   `json:"types"`
	Scalars       map[string]scalarFacts `json:"scalars"`
}

// collector holds what the steps share.
type collector struct {
	document
	definitions map[string]common.OpenAPIDefinition
	aliases     map[string]string        // by import path
	uses        map[string][]spec.Schema // of properties, by the type of their field
	unnamed     map[string]types.Type    // lists and maps, by name, until their use is known
}

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	c := &collector{
		definitions: kubernetes.GetOpenAPIDefinitions(reference),
		aliases:     map[string]string{},
		uses:        map[string][]spec.Schema{},
		unnamed:     map[string]types.Type{},
		document: document{
			Imports: map[string]string{},
			Types:   map[string]typeFacts{},
			Scalars: map[string]scalarFacts{},
		},
	}
	for model := range apiextensions.GetOpenAPIDefinitions(reference) {
		c.Apiextensions = append(c.Apiextensions, model)
	}
	slices.Sort(c.Apiextensions)

	// A minor has the alphas that its stable types need, and no others.
	all := slices.DeleteFunc(sources(), func(s source) bool { return strings.Contains(s.name, "alpha") && !c.has(s) })
	var paths []string
	for _, s := range all {
		c.aliases[s.path] = s.alias
		paths = append(paths, s.path)
	}
	mode := packages.LoadTypes | packages.NeedModule
	loaded, err := packages.Load(&packages.Config{Mode: mode, BuildFlags: os.Args[1:]}, paths...)
	if err != nil {
		return err
	}
	if packages.PrintErrors(loaded) > 0 {
		return fmt.Errorf("the packages do not load")
	}
	byPath := map[string]*packages.Package{}
	for _, p := range loaded {
		byPath[p.PkgPath] = p
	}
	c.Kubernetes = strings.Replace(minor(byPath["k8s.io/api/core/v1"].Module.Version), "0.", "1.", 1)
	for _, s := range all {
		c.collect(s, byPath[s.path].Types.Scope())
	}
	c.scalarSchemas()
	c.collections()
	if err := c.check(); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	out.SetEscapeHTML(false)
	plain, err := sorted(c.document)
	if err != nil {
		return err
	}
	return out.Encode(plain)
}

// has says whether any type of a package has a definition.
func (c *collector) has(s source) bool {
	for model := range c.definitions {
		if strings.HasPrefix(model, modelName(s.path, "")) {
			return true
		}
	}
	return false
}

// collect takes the exported types of one package.
func (c *collector) collect(s source, scope *types.Scope) {
	c.Imports[s.alias] = s.path
	for _, name := range scope.Names() {
		object, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !object.Exported() || object.IsAlias() || len(s.only) > 0 && !slices.Contains(s.only, name) {
			continue
		}
		if name == "InternalEvent" { // holds a runtime.Object; never in JSON
			continue
		}
		key := s.name + "." + name
		named := goName{s.path, name}
		model := modelName(s.path, name)
		if definition, ok := c.definitions[model]; ok {
			c.addType(key, named, model, definition.Schema, object.Type())
			continue
		}
		switch under := object.Type().Underlying().(type) {
		case *types.Basic:
			c.Scalars[key] = scalarFacts{named, under.Name(), nil}
		case *types.Slice, *types.Map:
			c.unnamed[key] = object.Type()
		}
	}
}

func (c *collector) addType(key string, named goName, model string, schema spec.Schema, t types.Type) {
	facts := typeFacts{Go: named, Model: model, Schema: schema, Comparable: holdsNoPointer(t)}
	if under, ok := t.Underlying().(*types.Struct); ok && schema.Type.Contains("object") {
		facts.Fields, facts.Root = c.fields(under)
	}
	if facts.Root && strings.HasSuffix(named.Name, "List") {
		return
	}
	for _, f := range facts.Fields {
		property, ok := schema.Properties[f.JSON]
		if !ok {
			continue
		}
		c.uses[f.Type] = append(c.uses[f.Type], property)
		if element, ok := strings.CutPrefix(f.Type, "[]"); ok && property.Items != nil {
			c.uses[element] = append(c.uses[element], *property.Items.Schema)
		}
		if element, ok := strings.CutPrefix(f.Type, "map[string]"); ok && property.AdditionalProperties != nil {
			c.uses[element] = append(c.uses[element], *property.AdditionalProperties.Schema)
		}
	}
	c.Types[key] = facts
}

// fields returns the fields that are in JSON, and whether the struct is sent by itself.
func (c *collector) fields(s *types.Struct) (out []field, root bool) {
	for i := range s.NumFields() {
		f := s.Field(i)
		name, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		if !f.Exported() || name == "-" && options == "" {
			continue
		}
		goType := types.TypeString(f.Type(), c.qualify)
		inline := f.Embedded() && name == ""
		if name == "" && !inline {
			name = f.Name()
		}
		root = root || goType == "metav1.TypeMeta" && inline
		out = append(out, field{name, f.Name(), goType, inline})
	}
	return out, root
}

// qualify writes a package as its import alias, and notes the import.
func (c *collector) qualify(p *types.Package) string {
	alias, ok := c.aliases[p.Path()]
	if !ok {
		alias = p.Name()
	}
	c.Imports[alias] = p.Path()
	return alias
}

// scalarSchemas gives every scalar a schema: that of the properties of this type if they agree, else its base.
func (c *collector) scalarSchemas() {
	for key, facts := range c.Scalars {
		facts.Schema = baseSchema(facts.Base)
		if found := c.usesOf(facts.Go); found != nil && found.Type != nil {
			facts.Schema = found
		}
		c.Scalars[key] = facts
	}
}

// collections adds the named lists and maps that upstream uses. They have no model: openapi-gen inlines them.
func (c *collector) collections() {
	for key, t := range c.unnamed {
		object := t.(*types.Named).Obj()
		named := goName{object.Pkg().Path(), object.Name()}
		if schema := c.usesOf(named); schema != nil {
			c.Types[key] = typeFacts{Go: named, Schema: schema}
		}
	}
}

// usesOf returns what the schemas of the properties of a Go type have in common, or nil if they differ.
func (c *collector) usesOf(named goName) *spec.Schema {
	spelled := c.aliases[named.Package] + "." + named.Name
	var common *spec.Schema
	description := ""
	for _, use := range slices.Concat(c.uses[spelled], c.uses["*"+spelled]) {
		schema := spec.Schema{SchemaProps: spec.SchemaProps{
			Type: use.Type, Format: use.Format, Enum: use.Enum,
			Items: use.Items, AdditionalProperties: use.AdditionalProperties,
		}}
		if common != nil && !reflect.DeepEqual(*common, schema) {
			return nil
		}
		common = &schema
		if i := strings.Index(use.Description, "Possible enum values:"); i >= 0 {
			description = use.Description[i:]
		}
	}
	if common != nil {
		common.Description = description
	}
	return common
}

// check makes sure that the document is closed: every reference leads to a type that is in it.
func (c *collector) check() error {
	var missing []string
	models := map[string]bool{}
	for _, t := range c.Types {
		models[t.Model] = true
	}
	for key, t := range c.Types {
		if t.Model == "" {
			continue
		}
		for _, dependency := range c.definitions[t.Model].Dependencies {
			if !models[dependency] {
				missing = append(missing, key+" needs "+dependency)
			}
		}
	}
	slices.Sort(missing)
	if missing != nil {
		return fmt.Errorf("not among the packages: %s", strings.Join(missing, ", "))
	}
	return nil
}

// holdsNoPointer says whether a plain assignment copies all of a value.
func holdsNoPointer(t types.Type) bool {
	switch under := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Array:
		return holdsNoPointer(under.Elem())
	case *types.Struct:
		for i := range under.NumFields() {
			if !holdsNoPointer(under.Field(i).Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// baseSchema is what openapi-gen writes for a basic type.
func baseSchema(base string) map[string]any {
	kind, format := common.OpenAPITypeFormat(base)
	if format == "" {
		return map[string]any{"type": kind}
	}
	return map[string]any{"type": kind, "format": format}
}

// modelName is the name of an OpenAPI definition: k8s.io/api/core/v1 and Pod make io.k8s.api.core.v1.Pod.
func modelName(path, name string) string {
	host, rest, _ := strings.Cut(path, "/")
	labels := strings.Split(host, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "." + strings.ReplaceAll(rest, "/", ".") + "." + name
}

func minor(version string) string {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	return parts[0] + "." + parts[1]
}

func reference(model string) spec.Ref { return spec.MustCreateRef("#/definitions/" + model) }

// sorted returns a value as plain maps, whose keys the encoder sorts; structs would keep the order of fields.
func sorted(value any) (any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var out any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	return out, decoder.Decode(&out)
}
