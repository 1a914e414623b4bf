package flunder

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"

	hub "example.com/wardle/internal/apis/wardle"
	"example.com/wardle/internal/listers"
)

// validateHook holds reference and type together, with the rules and the words of the sample server of upstream.
func validateHook(ctx context.Context, all *listers.Listers, in, old *hub.Flunder) field.ErrorList {
	path := field.NewPath("spec")
	var kind hub.ReferenceType
	if in.Spec.ReferenceType != nil {
		kind = *in.Spec.ReferenceType
	}
	flunder, fischer := text(in.Spec.FlunderReference), text(in.Spec.FischerReference)
	switch {
	case flunder != "" && fischer != "":
		return field.ErrorList{field.Invalid(path.Child("fischerReference"), fischer, "cannot be set with flunderReference at the same time")}
	case flunder != "" && kind != hub.ReferenceTypeFlunder:
		return field.ErrorList{field.Invalid(path.Child("flunderReference"), flunder, "cannot be set if referenceType is not Flunder")}
	case fischer != "" && kind != hub.ReferenceTypeFischer:
		return field.ErrorList{field.Invalid(path.Child("fischerReference"), fischer, "cannot be set if referenceType is not Fischer")}
	case fischer == "" && kind == hub.ReferenceTypeFischer:
		return field.ErrorList{field.Invalid(path.Child("fischerReference"), fischer, "cannot be empty if referenceType is Fischer")}
	case flunder == "" && kind == hub.ReferenceTypeFlunder:
		return field.ErrorList{field.Invalid(path.Child("flunderReference"), flunder, "cannot be empty if referenceType is Flunder")}
	}
	if fischer != "" && (old == nil || fischer != text(old.Spec.FischerReference)) {
		return exists(ctx, all, fischer, path.Child("fischerReference"))
	}
	return nil
}

// exists refuses a reference to a fischer that is not there. Upstream's sample server does that in an admission plugin, with
// an informer; here a hook reads other kinds. A fischer may go all the same: who refers to it notices at its next change.
func exists(ctx context.Context, all *listers.Listers, fischer string, path *field.Path) field.ErrorList {
	_, err := all.WardleFischer.Get(ctx, "", fischer)
	switch {
	case apierrors.IsNotFound(err):
		return field.ErrorList{field.NotFound(path, fischer)}
	case err != nil:
		return field.ErrorList{field.InternalError(path, err)}
	}
	return nil
}

// text returns what a field holds; the sample server of upstream makes no difference between absent and empty.
func text(of *string) string {
	if of == nil {
		return ""
	}
	return *of
}
