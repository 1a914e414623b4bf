// This file is yours: apigen wrote it once and will not touch it again.

package v1alpha1

import fleetv1alpha1 "example.com/fleet/api/fleet/v1alpha1"

// defaultMachine fills in defaults that depend on other fields, after those of the spec. It runs whenever an object
// of this version is read, from a client or from the store.
func defaultMachine(in *fleetv1alpha1.Machine) {
}
