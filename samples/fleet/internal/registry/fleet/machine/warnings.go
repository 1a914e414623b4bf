// This file is yours: apigen wrote it once and will not touch it again.

package machine

import (
	"context"

	hub "example.com/fleet/internal/apis/fleet"
	"example.com/fleet/internal/listers"
)

// warnings returns what kubectl tells the author of an object that is accepted. old is nil for a new object; neither is
// to be changed. all reads every kind of this server.
func warnings(ctx context.Context, all *listers.Listers, in, old *hub.Machine) []string {
	return nil
}
