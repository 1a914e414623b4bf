// This file is yours: apigen wrote it once and will not touch it again.

package machine

import (
	"context"

	hub "example.com/fleet/internal/apis/fleet"
	"example.com/fleet/internal/listers"
)

// prepare changes an object before it is validated and stored, after defaults and all else that the server does by
// itself. old is nil for a new object, and not to be changed: others see it too. all reads every kind of this server.
// Writes of the status alone do not come here.
func prepare(ctx context.Context, all *listers.Listers, in, old *hub.Machine) {
}
