// This file is yours: apigen wrote it once and will not touch it again.

package v1beta1

import wardlev1beta1 "example.com/wardle/api/wardle/v1beta1"

// defaultFlunder fills in defaults that depend on other fields, after those of the spec. It runs whenever an object
// of this version is read, from a client or from the store.
func defaultFlunder(in *wardlev1beta1.Flunder) {
}
