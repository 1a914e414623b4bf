package v1alpha1

import wardlev1alpha1 "example.com/wardle/api/wardle/v1alpha1"

// defaultFlunder makes a reference without a type one to a flunder, as the sample server of upstream does.
func defaultFlunder(in *wardlev1alpha1.Flunder) {
	reference := in.Spec.Reference != nil && *in.Spec.Reference != ""
	if reference && (in.Spec.ReferenceType == nil || *in.Spec.ReferenceType == "") {
		in.Spec.ReferenceType = new(wardlev1alpha1.ReferenceTypeFlunder)
	}
}
